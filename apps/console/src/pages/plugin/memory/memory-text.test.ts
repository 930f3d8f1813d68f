import { describe, expect, it } from "vitest";
import { foldedText, jsonOfMetadata, nameOfText } from "./memory-text.ts";

describe("a text that is shown", () => {
  it("is folded where it is long, or has many lines", () => {
    expect(foldedText("Short.\nIn two lines.")).toBeNull();
    expect(foldedText("x".repeat(600))).toBeNull();
    expect(foldedText("x".repeat(601))).toBe(`${"x".repeat(600)}…`);
    const lines = (count: number) => Array.from({ length: count }, (_, n) => `line ${n + 1}`).join("\n");
    expect(foldedText(lines(8))).toBeNull();
    expect(foldedText(lines(9))).toBe(`${lines(8)}…`);
    expect(foldedText("\n".repeat(8_000))).toBe(`${"\n".repeat(7)}…`);
  });

  it("is never cut within a character", () => {
    expect(foldedText(`${"x".repeat(599)}😀😀`)).toBe(`${"x".repeat(599)}…`);
    expect(nameOfText(`${"x".repeat(59)}😀😀`)).toBe(`${"x".repeat(59)}…`);
  });
});

it("the name of a memory is how it begins, in one line", () => {
  expect(nameOfText("  The kitten\n\n was\tadopted. ")).toBe("The kitten was adopted.");
  expect(nameOfText("word ".repeat(100))).toBe(`${"word ".repeat(12).trim()}…`);
});

describe("metadata", () => {
  it("is indented to be read", () => {
    expect(jsonOfMetadata({})).toBe("{}");
    expect(jsonOfMetadata({ of: "ada", tags: [1] })).toBe('{\n  "of": "ada",\n  "tags": [\n    1\n  ]\n}');
  });

  it("stays in one line where indenting would make megabytes of it", () => {
    let nested: unknown = 1;
    for (let depth = 0; depth < 1_500; depth += 1) nested = [nested];
    expect(jsonOfMetadata({ nested })).toBe(JSON.stringify({ nested }));
  });
});
