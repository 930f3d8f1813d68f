import { expect, it } from "vitest";
import { CallerMeter } from "./caller-meter.ts";

it("lets a caller make so many requests in a minute from the first one, and says when to come again", () => {
  let now = 0;
  const meter = new CallerMeter(() => now);
  const ask = (caller: string) => {
    meter.require(caller, 2);
    meter.add(caller);
  };
  ask("a");
  now = 30_000;
  ask("a");
  expect(() => ask("a")).toThrowError(
    expect.objectContaining({ code: "rate_limited", facts: { retryAfterSeconds: 30 } }),
  );
  ask("b");
  now = 60_000;
  ask("a");
});
