import type { ModelUse } from "@patchbay/core";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Ledger } from "./ledger.ts";

const use = (change: Partial<ModelUse> = {}): ModelUse => ({
  organizationId: "o",
  hour: new Date(0),
  model: "a/b",
  plugin: "p.q",
  asker: null,
  userId: "ada",
  apiKeyId: null,
  project: null,
  currency: null,
  requests: 1,
  failures: 0,
  inputTokens: 2,
  cachedInputTokens: 0,
  outputTokens: 3,
  reasoningTokens: 0,
  estimatedInputTokens: 0,
  estimatedOutputTokens: 0,
  costMicros: 5,
  ...change,
});

let written: ModelUse[][];
let isGone: boolean;
let ledger: Ledger;

beforeEach(() => {
  vi.useFakeTimers();
  written = [];
  isGone = false;
  const add = async (uses: readonly ModelUse[]) => {
    if (isGone) throw new Error("gone");
    written.push([...uses]);
  };
  ledger = new Ledger({ add }, { warn: () => undefined });
});
afterEach(() => void vi.useRealTimers());

it("uses are written together, once a second, each line once", async () => {
  for (let count = 0; count < 50; count += 1) ledger.add(use());
  ledger.add(use({ project: "web" }));
  expect(written).toEqual([]);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(written).toEqual([
    [use({ requests: 50, inputTokens: 100, outputTokens: 150, costMicros: 250 }), use({ project: "web" })],
  ]);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(written).toHaveLength(1);
});

it("what cannot be written waits with what comes, also until the end", async () => {
  isGone = true;
  ledger.add(use());
  await vi.advanceTimersByTimeAsync(2_500);
  ledger.add(use());
  isGone = false;
  await ledger.close();
  expect(written).toEqual([[use({ requests: 2, inputTokens: 4, outputTokens: 6, costMicros: 10 })]]);
});

it("names of models that somebody makes up fill no memory", async () => {
  for (let count = 0; count < 20_000; count += 1) ledger.add(use({ model: `a/${count}` }));
  await ledger.flush();
  const [lines = []] = written;
  expect(lines).toHaveLength(5_001);
  expect(lines.at(-1)).toMatchObject({ model: "a/*", requests: 15_000 });
});

it("whoever has all written comes back when it is, also beside somebody else", async () => {
  const slow = Promise.withResolvers<void>();
  let isWritten = false;
  const add = async () => {
    await slow.promise;
    isWritten = true;
  };
  const own = new Ledger({ add }, { warn: () => undefined });
  own.add(use());
  const both = [own.flush(), own.flush()].map(async (flushed) => {
    await flushed;
    return isWritten;
  });
  await vi.advanceTimersByTimeAsync(0);
  slow.resolve();
  expect(await Promise.all(both)).toEqual([true, true]);
});
