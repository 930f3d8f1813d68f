import { describe, expect, it } from "vitest";
import { hasManyGroups, isAnythingSet } from "./group-values.ts";

const group = (properties: object) => ({ type: "object", properties });
const text = { type: "string" };
const SCHEMA = group({
  url: { ...text, default: "https://example.org" },
  key: { ...text, format: "secret" },
  models: { type: "array", items: text },
  more: group({ deep: text }),
});
const isSet = (value: unknown, marked: readonly string[] = []) =>
  isAnythingSet({ schema: SCHEMA, pointer: "/a", value }, SCHEMA, (pointer) => marked.includes(pointer));

describe("a group", () => {
  it("has nothing set while all in it is missing or the default", () => {
    for (const value of [undefined, {}, { url: "https://example.org" }, { more: {} }, "wrong"])
      expect(isSet(value)).toBe(false);
  });

  it("has something set where a value is another one, at any depth, or a field is marked", () => {
    for (const value of [{ url: "" }, { models: [] }, { more: { deep: "x" } }, { key: null }])
      expect(isSet(value)).toBe(true);
    expect(isSet({}, ["/a/key"])).toBe(true);
    expect(isSet({}, ["/a/more/deep"])).toBe(true);
    expect(isSet({}, ["/b/key"])).toBe(false);
  });

  it("folds in forms of more than three", () => {
    const form = (count: number) =>
      group({
        name: text,
        ...Object.fromEntries(Array.from({ length: count }, (_, at) => [`g${at}`, SCHEMA])),
      });
    expect([hasManyGroups(form(3)), hasManyGroups(form(4)), hasManyGroups(undefined)]).toEqual([
      false,
      true,
      false,
    ]);
  });
});
