import fc from "fast-check";
import semver from "semver";
import { expect, it } from "vitest";
import { isPrerelease, versionKey } from "./version-key.ts";

const number = fc.oneof(fc.nat(12), fc.nat(), fc.maxSafeNat()).map(String);
const LETTERS = [..."0129AZaz-"];
const name = fc
  .string({ unit: fc.constantFrom(...LETTERS), minLength: 1, maxLength: 4 })
  .filter((text) => !/^0\d+$/.test(text));
const identifiers = fc.array(fc.oneof(number, name), { minLength: 1, maxLength: 3 });
const version = fc
  .record({
    core: fc.tuple(number, number, number),
    pre: fc.option(identifiers, { nil: [] }),
    build: fc.option(name, { nil: "" }),
  })
  .map(({ core, pre, build }) =>
    [core.join("."), pre.length > 0 ? `-${pre.join(".")}` : "", build && `+${build}`].join(""),
  );
/** Mostly unrelated versions, and often two that differ in little. */
const pair = fc.oneof(
  fc.tuple(version, version),
  fc
    .tuple(identifiers, identifiers)
    .map(([a, b]) => [`1.0.0-${a.join(".")}`, `1.0.0-${b.join(".")}`] as const),
);

it("sorts bytewise as semantic versions do", () => {
  fc.assert(
    fc.property(pair, ([a, b]) => {
      const order = Buffer.compare(Buffer.from(versionKey(a)), Buffer.from(versionKey(b)));
      expect(order).toBe(semver.compare(a, b));
    }),
    { numRuns: 2_000 },
  );
});

it("knows a pre-release from a hyphen in the build", () => {
  fc.assert(
    fc.property(version, (one) => {
      expect(isPrerelease(one)).toBe(semver.prerelease(one) !== null);
    }),
  );
});
