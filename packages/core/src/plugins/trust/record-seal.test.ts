import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { RecordSeal } from "./record-seal.ts";

const [first, second] = [randomBytes(32), randomBytes(32)] as [Buffer, Buffer];
const seal = new RecordSeal([first]);

test("fits the record that it was made for, in whatever order its fields come", () => {
  const made = seal.of("package", { a: 1, b: { c: [1, { e: 1, d: 2 }] }, at: new Date(0) });
  expect(seal.fits(made, "package", { at: new Date(0), b: { c: [1, { d: 2, e: 1 }] }, a: 1 })).toBe(true);
  expect(
    seal.fits(
      made,
      "package",
      JSON.parse(JSON.stringify({ at: new Date(0), b: { c: [1, { d: 2, e: 1 }] }, a: 1 })),
    ),
  ).toBe(true);
});

test("fits no other record, no other kind, and nothing of another deployment", () => {
  const made = seal.of("package", { a: 1, list: [1, 2] });
  for (const other of [{ a: 2, list: [1, 2] }, { a: 1, list: [2, 1] }, { a: 1, list: [1, 2], b: null }, null])
    expect(seal.fits(made, "package", other)).toBe(false);
  expect(seal.fits(made, "publisher-key", { a: 1, list: [1, 2] })).toBe(false);
  expect(new RecordSeal([second]).fits(made, "package", { a: 1, list: [1, 2] })).toBe(false);
});

test("fits while its key is in the list, and new ones are made with the first", () => {
  const made = seal.of("package", {});
  const rotated = new RecordSeal([second, first]);
  expect(rotated.fits(made, "package", {})).toBe(true);
  expect(seal.fits(rotated.of("package", {}), "package", {})).toBe(false);
});

test("whatever is taken for a seal, it does not fit and does no harm", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(seal.fits(text, "package", {})).toBe(false);
      const made = seal.of("package", {});
      expect(seal.fits(made + text, "package", {})).toBe(text === "");
    }),
  );
});
