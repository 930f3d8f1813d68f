import { describe, expect, it } from "vitest";
import {
  compareVersions,
  isNewerVersion,
  isPrerelease,
  isSameMinor,
  isVersion,
  isVersionRange,
  isWithin,
  releaseOf,
  versionOfTag,
} from "./versions.ts";

const HUGE = "99999999999999999999999.0.0";
const ODD = [
  HUGE,
  "1.0.0-99999999999999999999999",
  "",
  "x",
  "1",
  "v1.0.0",
  "1.0.0+a",
  `1.0.0-${"a".repeat(300)}`,
  "1.0",
  "\u0000",
];

describe("a version", () => {
  it.each(["0.0.0", "1.2.3", "1.0.0-alpha.1", "1.0.0-0a", "999999999999999.0.0", "1.0.0--"])(
    "is %s",
    (text) => {
      expect(isVersion(text)).toBe(true);
    },
  );
  it.each([...ODD, "01.0.0", "1.0.0-01", "1.0.0+build.1", "1.0.0-9999999999999999"])("is not %j", (text) => {
    expect(isVersion(text)).toBe(false);
  });
  it("is what a tag names with or without a v", () => {
    expect(["v1.2.0", "1.2.0", "v1.2.0+5", HUGE, "latest"].map(versionOfTag)).toEqual([
      "1.2.0",
      "1.2.0",
      null,
      null,
      null,
    ]);
  });
});

describe("what came in badly", () => {
  const ALL = ["2.0.0", "1.0.0", "1.0.0-beta", ...ODD];

  it("throws nothing, whatever is asked of it", () => {
    for (const one of ALL)
      for (const other of ALL) {
        expect(Math.sign(compareVersions(one, other))).toBe(0 - Math.sign(compareVersions(other, one)));
        for (const ask of [isNewerVersion, isSameMinor, isWithin])
          expect(() => ask(one, other)).not.toThrow();
      }
    for (const one of ALL)
      for (const ask of [isPrerelease, releaseOf, isVersionRange]) expect(() => ask(one)).not.toThrow();
  });

  it("comes after everything good in a list that begins with the newest", () => {
    const sorted = [HUGE, "1.0.0", "1.0.0-99999999999999999999999", "2.0.0"].sort((a, b) =>
      compareVersions(b, a),
    );
    expect(sorted.slice(0, 2)).toEqual(["2.0.0", "1.0.0"]);
  });
});

describe("a range", () => {
  it("is what versions can be within", () => {
    expect(["*", "^1.0.0", ">=1 <3 || 5.x"].map(isVersionRange)).toEqual([true, true, true]);
    expect(["nonsense", "^99999999999999999999", "^1.0.0".padEnd(600, " ")].map(isVersionRange)).toEqual([
      false,
      false,
      false,
    ]);
    expect(isWithin("2.0.0-beta", "^2.0.0-alpha")).toBe(true);
    expect(isWithin("2.1.0-beta", "^2.0.0")).toBe(false);
    expect(isWithin("2.1.0-beta", "^2.0.0", { prereleases: true })).toBe(true);
    expect(isWithin(HUGE, "*")).toBe(false);
  });
});
