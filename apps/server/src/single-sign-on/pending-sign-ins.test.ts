import { randomBytes } from "node:crypto";
import { SecretBox } from "@patchbay/core";
import { expect, it } from "vitest";
import { MAX_RETURN_TO_CHARACTERS } from "./limits.ts";
import { PendingSignIns } from "./pending-sign-ins.ts";

const key = randomBytes(32);
const START = Date.parse("2026-03-01T12:00:00Z");
const pending = {
  state: "s".repeat(43),
  nonce: "n".repeat(43),
  codeVerifier: "v".repeat(43),
  returnTo: "/a",
};
const at = (ms: number, keys = [key]) => new PendingSignIns(new SecretBox(keys), () => new Date(START + ms));

it("opens what it sealed, on any node with the key, for ten minutes", () => {
  const sealed = at(0).seal(pending);
  expect(at(599_999).open(sealed)).toEqual(pending);
  expect(at(600_000).open(sealed)).toBeNull();
  const newer = randomBytes(32);
  expect(at(0, [newer, key]).open(sealed)).toEqual(pending);
  expect(at(0, [newer]).open(sealed)).toBeNull();
});

it("opens nothing that was changed, and nothing that was sealed for another use", () => {
  const sealed = at(0).seal(pending);
  for (let index = 0; index < sealed.length; index += 1) {
    const changed = sealed.slice(0, index) + (sealed[index] === "A" ? "E" : "A") + sealed.slice(index + 1);
    if (
      Buffer.from(changed.slice(12), "base64url").equals(Buffer.from(sealed.slice(12), "base64url")) &&
      index >= 12
    )
      continue; // only bits that base64 ignores
    expect(at(0).open(changed), changed).toBeNull();
  }
  for (const text of ["", "v1", "v1..", "x".repeat(5_000)]) expect(at(0).open(text)).toBeNull();
  const endsAt = START + 60_000;
  const elsewhere = new SecretBox([key]).seal(JSON.stringify({ ...pending, endsAt }), "other");
  expect(at(0).open(elsewhere)).toBeNull();
  const here = new SecretBox([key]).seal(JSON.stringify({ ...pending, endsAt }), "sign-in");
  expect(at(0).open(here)).toEqual(pending);
});

it("fits into a cookie", () => {
  const sealed = at(0).seal({ ...pending, returnTo: `/${"a".repeat(MAX_RETURN_TO_CHARACTERS - 1)}` });
  expect(sealed).toMatch(/^[\w.-]+$/);
  expect(sealed.length).toBeLessThan(3_500);
});
