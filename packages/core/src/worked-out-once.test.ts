import { expect, it } from "vitest";
import { workedOutOnce } from "./worked-out-once.ts";

it("works out once what two objects come to, and anew for any other two", () => {
  let count = 0;
  const sum = workedOutOnce((one: { at: number }, other: { at: number }) => {
    count += 1;
    return one.at + other.at;
  });
  const [a, b, alsoB] = [{ at: 1 }, { at: 2 }, { at: 2 }];
  expect([sum(a, b), sum(a, b), sum(a, alsoB), sum(b, a), sum(a, b)]).toEqual([3, 3, 3, 3, 3]);
  expect(count).toBe(3);
});

it("holds what comes to nothing, too", () => {
  let count = 0;
  const nothing = workedOutOnce((_one: object, _other: object) => {
    count += 1;
  });
  const [one, other] = [{}, {}];
  nothing(one, other);
  nothing(one, other);
  expect(count).toBe(1);
});
