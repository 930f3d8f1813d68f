import { describe, expect, it } from "vitest";
import { type AnswerFile, withNames } from "./tool-files.ts";

const file = (path: string, name: string): AnswerFile => ({ path, name, type: "", content: new Blob([]) });

describe("an answer to look at", () => {
  it("has the names of its files in their places, and is otherwise as it came", () => {
    const output = { title: "Two", pages: [null, null], deep: { "a/b": null } };
    const files = [file("pages/1", "two.pdf"), file("deep/a~1b", "b.txt"), file("nowhere/0", "lost")];
    expect(withNames(output, files)).toEqual({
      title: "Two",
      pages: [null, "two.pdf"],
      deep: { "a/b": "b.txt" },
    });
    expect(output.pages).toEqual([null, null]);
  });

  it("is the name alone where all of it is a file", () =>
    expect(withNames(null, [file("", "whole.bin")])).toBe("whole.bin"));
});
