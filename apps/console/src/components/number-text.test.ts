import { describe, expect, it } from "vitest";
import { inexactNumber, type NumberRules, readNumber, writeNumber } from "./number-text.ts";

const ENGLISH: NumberRules = { separator: ".", isInteger: false };
const GERMAN: NumberRules = { separator: ",", isInteger: false };
const WHOLE: NumberRules = { separator: ".", isInteger: true };

describe("a number that somebody writes", () => {
  it.each([
    ["2.5", 2.5],
    ["0.05", 0.05],
    ["-.5", -0.5],
    ["5.", 5],
    ["12.75", 12.75],
    ["1e-7", 1e-7],
    ["1E3", 1000],
    ["007", 7],
    ["+4", 4],
    [" 42 ", 42],
    ["−3", -3],
    ["1.500", 1.5],
    ["1,5", 1.5],
    ["0,125", 0.125],
    ["9007199254740991", 9007199254740991],
    ["9007199254740992", 9007199254740992],
    ["0", 0],
  ])("is read as it stands: %s", (text, value) => {
    expect(readNumber(text, ENGLISH)).toBe(value);
  });

  it("has a comma before its fraction in German, and a point where that cannot be thousands", () => {
    expect(readNumber("1,5", GERMAN)).toBe(1.5);
    expect(readNumber("1,500", GERMAN)).toBe(1.5);
    expect(readNumber("2.5", GERMAN)).toBe(2.5);
    expect(readNumber("0.125", GERMAN)).toBe(0.125);
    expect(readNumber("1.500", GERMAN)).toEqual({ kind: "ambiguous", whole: "1500", fraction: "1,500" });
    expect(readNumber("1,500", ENGLISH)).toEqual({ kind: "ambiguous", whole: "1500", fraction: "1.500" });
    expect(writeNumber(2.5, GERMAN)).toBe("2,5");
  });

  it.each(["abc", "-", ".", "1e", "1.2.3", "1,234.5", "1 000", "0x10", "Infinity", "NaN", "5 kg", "--5"])(
    "is none, and not made one, when it is %s",
    (text) => {
      expect(readNumber(text, ENGLISH)).toEqual({ kind: "notNumber" });
    },
  );

  it("is refused rather than rounded", () => {
    expect(readNumber("9007199254740993", WHOLE)).toEqual({ kind: "notExact", kept: "9007199254740992" });
    expect(readNumber("0.12345678901234567890", ENGLISH)).toMatchObject({ kind: "notExact" });
    expect(readNumber("1e400", ENGLISH)).toMatchObject({ kind: "notExact" });
    expect(readNumber("1e-400", ENGLISH)).toMatchObject({ kind: "notExact" });
    expect(readNumber("2.5", WHOLE)).toEqual({ kind: "notWhole" });
    expect(readNumber("2.0", WHOLE)).toBe(2);
    expect(readNumber("", WHOLE)).toBeUndefined();
  });

  it("comes back from what is shown for it", () => {
    for (const value of [2.5, 1e-7, -0.05, 1e21, 5e-324, 123456.789, Number.MAX_VALUE])
      for (const rules of [ENGLISH, GERMAN])
        expect(readNumber(writeNumber(value, rules), rules), `${value}`).toBe(value);
  });

  it("is looked for in JSON outside of texts", () => {
    expect(inexactNumber('{"a": 9007199254740993, "b": 1}')).toBe("9007199254740993");
    expect(
      inexactNumber('{"a": "9007199254740993", "b\\"9007199254740993": [1.5, -2e3, true]}'),
    ).toBeUndefined();
  });
});
