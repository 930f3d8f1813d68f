import { expect, it } from "vitest";
import { acceptsGzip } from "./compression.ts";

it.each([
  ["gzip", true],
  ["GZIP;q=0.5, br", true],
  ["*", true],
  ["br", false],
  ["gzip;q=0, *;q=1", false],
  ["br, gzip; q=0.000, *", false],
  ["*;q=0", false],
  ["", false],
])("packs for who accepts it: %s", (accepted, isPacked) => {
  expect(acceptsGzip({ headers: { "accept-encoding": accepted } })).toBe(isPacked);
});
