import { describe, expect, it } from "vitest";
import { mixesAlphabets, plainText, textFault } from "./text.ts";

describe("a text that people read", () => {
  it.each([
    "Documents",
    "C++ & C# (draft)",
    "Ünïcödé",
    "Документы",
    "文档",
    "दस्तावेज़ क्षत्रिय",
    "می‌خواهم",
    "👩‍👩‍👧‍👦 Family",
    "❤️",
    "Tiếng Việt".normalize("NFD"),
    "שָׁלוֹם",
    "Αρχεία",
    "5 µm",
    "Яндекс Maps",
  ])("may be %s", (text) => {
    expect(textFault(text)).toBeNull();
    expect(mixesAlphabets(text)).toBe(false);
  });

  it.each([
    ["only spaces", "   "],
    ["nothing to see", "\u200b\u200b"],
    ["a blank cell", "\u2800\u2800"],
    ["fillers", "\u3164"],
    ["NUL", "a\u0000b"],
    ["ESC", "\u001b[31mred"],
    ["a line break", "a\nb"],
    ["a line separator", "a\u2028b"],
    ["an override of the direction", "abc\u202efed"],
    ["an isolate", "a\u2066b\u2069"],
    ["a mark of direction", "a\u200fb"],
    ["half of a character", "a\ud800b"],
    ["many marks", `Z${"\u0301".repeat(59)}algo`],
    ["a soft hyphen", "Docu\u00adments"],
    ["a joiner between Latin letters", "Docu\u200dments"],
    ["a non-joiner at the end", "Documents\u200c"],
    ["a byte order mark", "\ufeffDocuments"],
    ["tags", "Documents\u{e0041}"],
    ["a private character", "Documents\ue000"],
  ])("must not have %s", (_what, text) => {
    expect(textFault(text)).toEqual(expect.any(String));
  });

  it("may have lines where it is longer", () => {
    expect(textFault("one\n\ttwo", { hasLines: true })).toBeNull();
    expect(textFault("one\u0007", { hasLines: true })).not.toBeNull();
  });

  it.each(["D\u043ecuments", "\u0420aypal", "G\u03bfogle"])(
    "is seen through when it mixes alphabets in a word: %s",
    (name) => {
      expect(mixesAlphabets(name)).toBe(true);
    },
  );
});

describe("what may be shown of a stranger's text", () => {
  it.each([
    ["Documents", "Documents"],
    ["می‌خواهم", "می‌خواهم"],
    ["Doc\u200duments\u202e\u0007", "Documents"],
    ["a\u0301\u0301\u0301\u0301\u0301\u0301b", "a\u0301\u0301\u0301\u0301b"],
    ["x".repeat(30), "x".repeat(20)],
    [" \u200b ", null],
    ["", null],
    [7, null],
  ])("is of %j: %j", (text, shown) => {
    const plain = plainText(text, 20);
    expect(plain === null ? null : textFault(plain)).toBeNull();
    expect(plain).toBe(shown);
  });

  it("has lines where it may", () => {
    expect(plainText("one\ntwo\u0000", 20)).toBe("onetwo");
    expect(plainText("one\ntwo\u0000", 20, { hasLines: true })).toBe("one\ntwo");
  });
});
