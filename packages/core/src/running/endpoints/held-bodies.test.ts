import { expect, it } from "vitest";
import { HeldBodies } from "./held-bodies.ts";

const MIB = 1024 * 1024;

it("holds so much of a network, and of all of them, until it is released", () => {
  const bodies = new HeldBodies();
  const first = bodies.of("a");
  first.add(10 * MIB);
  expect(() => bodies.of("a").add(7 * MIB)).toThrowError(expect.objectContaining({ code: "rate_limited" }));
  for (const network of ["b", "c", "d"]) bodies.of(network).add(16 * MIB);
  expect(() => bodies.of("e").add(7 * MIB)).toThrowError(expect.objectContaining({ code: "unavailable" }));
  first.release();
  first.release();
  expect(() => first.add(1)).toThrowError(expect.objectContaining({ code: "rate_limited" }));
  bodies.of("e").add(7 * MIB);
  bodies.of("a").add(9 * MIB);
  expect(() => bodies.of("f").add(1)).toThrowError(expect.objectContaining({ code: "unavailable" }));
});
