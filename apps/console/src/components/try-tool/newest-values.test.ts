import { describe, expect, it } from "vitest";
import { MAX_KEPT_CHARACTERS, MAX_KEPT_VALUES } from "../../limits.ts";
import { NewestValues } from "./newest-values.ts";

describe("values of a stream", () => {
  it("are kept up to a number, the newest", () => {
    const newest = new NewestValues();
    for (let n = 0; n < MAX_KEPT_VALUES + 5; n += 1) newest.add(n);
    expect(newest.values).toHaveLength(MAX_KEPT_VALUES);
    expect(newest.values.at(0)).toBe(5);
    expect(newest.count).toBe(MAX_KEPT_VALUES + 5);
  });

  it("are kept up to a size, however few they are", () => {
    const newest = new NewestValues();
    const large = "x".repeat(MAX_KEPT_CHARACTERS / 4);
    for (let n = 0; n < 50; n += 1) newest.add({ n, large });
    expect(newest.values).toHaveLength(3);
    expect(JSON.stringify(newest.values).length).toBeLessThanOrEqual(MAX_KEPT_CHARACTERS + 10);
    newest.add("small");
    expect(newest.values.at(-1)).toBe("small");
  });

  it("keep the one that came last, whatever its size", () => {
    const newest = new NewestValues();
    newest.add("before");
    newest.add("x".repeat(MAX_KEPT_CHARACTERS * 2));
    expect(newest.values).toHaveLength(1);
    newest.add(undefined);
    expect(newest.values).toEqual([undefined]);
  });
});
