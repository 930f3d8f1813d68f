import { expect, it } from "vitest";
import { cut, keepable } from "./cut.ts";

it("cuts a text before a sign that has two halves, and not between them", () => {
  expect(["a🙂b", "a🙂", "a"].map((text) => cut(text, 2))).toEqual(["a", "a", "a"]);
  expect([3, 4, 9].map((length) => cut("a🙂b", length))).toEqual(["a🙂", "a🙂b", "a🙂b"]);
});

it("keeps nothing that no database takes", () => {
  expect(keepable("a\0b\ud83d🙂")).toBe("a b\ufffd🙂");
});
