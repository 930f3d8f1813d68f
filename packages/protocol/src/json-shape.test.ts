import { describe, expect, it } from "vitest";
import { excessOf, isSmall } from "./json-shape.ts";

const bounds = { maxValues: 10, maxDepth: 3 };
const excess = (text: string) => excessOf(Buffer.from(text), bounds);

describe("the shape of JSON text", () => {
  it("is bounded in values, whether they are members of lists or of objects", () => {
    expect(excess(JSON.stringify([1, 2, 3, 4, 5, 6, 7, 8]))).toBeNull();
    expect(excess(JSON.stringify(Array.from({ length: 11 }, () => 1)))).toBe("values");
    expect(excess(`{${Array.from({ length: 11 }, (_, index) => `"a${index}":1`).join()}}`)).toBe("values");
    expect(excess("[],".repeat(11))).toBe("values");
  });

  it("is bounded in depth", () => {
    expect(excess("[[[1]]]")).toBeNull();
    expect(excess('{"a":[{"b":[1]}]}')).toBe("depth");
    expect(excess("[[[[")).toBe("depth");
  });

  it("does not count what stands in texts", () => {
    expect(excess(JSON.stringify({ a: "[[[[{{{{,,,,,,,,,,,,,,,,", b: '\\",,,,,,,,,,,,,,"' }))).toBeNull();
    expect(excess('"\\\\",1,2,3,4,5,6,7,8,9,10,11')).toBe("values");
  });

  it("is read no further than the bound", () => {
    expect(isSmall({ a: [1, 2, { b: 3 }] }, 10)).toBe(true);
    expect(
      isSmall(
        Array.from({ length: 1_000_000 }, () => 1),
        10,
      ),
    ).toBe(false);
    expect(isSmall({ a: { b: { c: [1, 2, 3, 4, 5, 6, 7, 8] } } }, 10)).toBe(false);
  });
});
