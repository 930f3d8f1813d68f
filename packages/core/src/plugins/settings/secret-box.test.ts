import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { SecretBox } from "./secret-box.ts";

const [older, newer] = [randomBytes(32), randomBytes(32)];

describe("SecretBox", () => {
  it("gives back what was sealed, and never the same ciphertext twice", () => {
    const box = new SecretBox([newer]);
    const sealed = box.seal("s3cret", "here");
    expect(box.open(sealed, "here")).toBe("s3cret");
    expect(box.seal("s3cret", "here")).not.toBe(sealed);
    expect(sealed).not.toContain("s3cret");
  });

  it("does not open a ciphertext that was moved or changed", () => {
    const box = new SecretBox([newer]);
    const sealed = box.seal("s3cret", "here");
    expect(() => box.open(sealed, "there")).toThrow();
    const flipped = sealed.at(-2) === "A" ? "B" : "A";
    expect(() => box.open(`${sealed.slice(0, -2)}${flipped}${sealed.at(-1)}`, "here")).toThrow();
  });

  it("opens with any listed key and seals with the first, so that keys can be rotated", () => {
    const sealed = new SecretBox([older]).seal("s3cret", "here");
    const rotated = new SecretBox([newer, older]);
    expect(rotated.open(sealed, "here")).toBe("s3cret");
    expect(() => new SecretBox([newer]).open(sealed, "here")).toThrow(/PATCHBAY_SECRET_KEY/);
    expect(() => new SecretBox([older]).open(rotated.seal("x", "here"), "here")).toThrow();
  });

  it("takes keys of 32 bytes only", () => {
    expect(() => new SecretBox([])).toThrow();
    expect(() => new SecretBox([randomBytes(16)])).toThrow(/32/);
  });
});
