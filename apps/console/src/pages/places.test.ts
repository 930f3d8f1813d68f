import { expect, it } from "vitest";
import { PLACES } from "./places.ts";

it("places have keys of their own", () => {
  const keys = PLACES.flatMap((place) => ("keys" in place ? [place.keys] : []));
  expect(keys.length).toBeGreaterThan(5);
  expect(keys).toEqual([...new Set(keys)]);
});
