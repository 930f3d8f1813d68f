import { expect, it } from "vitest";
import { newCallId } from "./call-id.ts";

it("the ids of calls are UUIDs that sort as the calls began, and none is there twice", () => {
  const ids = [...Array(3_000).keys()].map((n) => newCallId(1_800_000_000_000 + Math.floor(n / 1_000)));
  for (const id of ids)
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(ids.toSorted()).toEqual(ids);
  expect(new Set(Array.from({ length: 10_000 }, () => newCallId(1).slice(19))).size).toBe(10_000);
});
