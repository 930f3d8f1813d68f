import { describe, expect, it } from "vitest";
import { findPackageRoot } from "./package-root.ts";

describe("the folder of a package in its archive", () => {
  it.each([".DS_Store", "._hello", "Thumbs.db", "desktop.ini", "__MACOSX/._hello"])(
    "is found although %s lies beside it",
    (litter) => {
      expect(findPackageRoot([litter, "hello/plugin.json", "hello/plugin.js"])).toBe("hello/");
    },
  );

  it("is not guessed when something else lies beside it, which is named", () => {
    expect(() => findPackageRoot(["notes.txt", "hello/plugin.json"])).toThrow(/notes\.txt/);
  });
});
