import { describe, expect, it } from "vitest";
import { holesOf, KNOWN_BAD_RUNTIMES } from "./known-bad-runtimes.js";

describe("the list of known bad runtimes", () => {
  it("names no hole of the runtime that the project brings", () => {
    expect(holesOf(process.versions)).toEqual([]);
  });

  it.each(["1.0.9", "1.1.0", "1.2.0", "0.9.9"])("names the hole of Brotli %s", (brotli) => {
    expect(holesOf({ node: "24.21.0", brotli }).map(({ component }) => component)).toEqual(["brotli"]);
  });

  it.each(["1.2.1", "1.2.2", "1.3.0", "2.0.0", "1.10.0"])("names none of Brotli %s", (brotli) => {
    expect(holesOf({ brotli })).toEqual([]);
  });

  it("passes over what a runtime does not have", () => {
    expect(holesOf({ node: "24.21.0" })).toEqual([]);
  });

  it("says for every hole what it does and what to do about it", () => {
    for (const { what, cure, advisory } of KNOWN_BAD_RUNTIMES) {
      expect(what).not.toMatch(/\.$/);
      expect(cure).toMatch(/\.$/);
      expect(advisory).not.toBe("");
    }
  });
});
