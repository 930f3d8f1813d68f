import { expect, test } from "vitest";
import { MAX_CPU_MS_PER_MINUTE, MAX_IDLE_CPU_MS_PER_MINUTE } from "../limits.ts";
import { ProcessorAccount } from "./processor-account.ts";

test("a plugin may compute for its calls, and next to nothing without them, minute by minute", () => {
  const account = new ProcessorAccount();
  expect(account.take(5_000, true, 100_000)).toBeUndefined();
  expect(account.take(5_000 + MAX_IDLE_CPU_MS_PER_MINUTE, true, 110_000)).toBeUndefined();
  expect(account.take(5_000 + MAX_CPU_MS_PER_MINUTE, false, 150_000)).toBeUndefined();
  expect(account.take(5_001 + MAX_CPU_MS_PER_MINUTE, false, 151_000)).toMatchObject({ code: "cpu_exceeded" });

  const next = new ProcessorAccount();
  next.take(0, true, 100_000);
  expect(next.take(MAX_IDLE_CPU_MS_PER_MINUTE, true, 159_000)).toBeUndefined();
  expect(next.take(2 * MAX_IDLE_CPU_MS_PER_MINUTE, true, 161_000)).toBeUndefined();
  expect(next.take(2 * MAX_IDLE_CPU_MS_PER_MINUTE + 10, true, 162_000)).toMatchObject({
    code: "cpu_exceeded",
  });
});
