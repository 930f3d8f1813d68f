import { describe, expect, it } from "vitest";
import { amountOf, costOf, microsOf } from "./costs.ts";
import { NOTHING } from "./used-tokens.ts";

const price = (inputMicros: number, outputMicros: number, cachedInputMicros = inputMicros) => ({
  model: "*",
  inputMicros,
  cachedInputMicros,
  outputMicros,
});

describe("a cost", () => {
  it("is exact, and rounded once: half up", () => {
    expect(costOf({ ...NOTHING, input: 1_000_000 }, price(150_000, 0))).toBe(150_000);
    expect(
      costOf({ ...NOTHING, input: 3, cachedInput: 2, output: 7 }, price(1_000_000, 2_000_000, 500_000)),
    ).toBe(16);
    expect(costOf({ ...NOTHING, input: 1 }, price(499_999, 0))).toBe(0);
    expect(costOf({ ...NOTHING, input: 1 }, price(500_000, 0))).toBe(1);
    // Both halves together are one, and not one each.
    expect(costOf({ ...NOTHING, input: 1, output: 1 }, price(500_000, 500_000))).toBe(1);
    const most = { ...NOTHING, input: 100_000_000, output: 100_000_000 };
    expect(costOf(most, price(10_000_000_000, 10_000_000_000))).toBe(2_000_000_000_000);
  });

  it("is written with six decimals and no more", () => {
    for (const amount of [0, 0.1, 0.15, 1.1, 2.000_001, 9_999.999_999, 1_000_000_000]) {
      const micros = microsOf(amount);
      expect(micros).toBe(Math.round(amount * 1e6));
      expect(amountOf(micros ?? Number.NaN)).toBe(amount);
    }
    for (const amount of [1e-7, 0.123_456_7, 1e300, Number.NaN, Number.POSITIVE_INFINITY])
      expect(microsOf(amount)).toBeNull();
  });
});
