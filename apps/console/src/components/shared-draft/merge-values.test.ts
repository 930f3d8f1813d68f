import { describe, expect, it } from "vitest";
import { mergeValues, withValueAt } from "./merge-values.ts";

const base = { days: 5, units: "metric", places: ["Berlin"], cache: { minutes: 10, on: true } };

describe("two changes of the same values", () => {
  it("are both made where they touch different values, and what is not mine is named", () => {
    const mine = { ...base, days: 11, cache: { minutes: 3, on: true } };
    const theirs = { ...base, units: "imperial", cache: { minutes: 10, on: false } };
    expect(mergeValues(base, mine, theirs)).toEqual({
      values: { days: 11, units: "imperial", places: ["Berlin"], cache: { minutes: 3, on: false } },
      taken: ["/units", "/cache/on"],
      conflicts: [],
    });
  });

  it("stand against each other where both changed one value differently, lists as a whole", () => {
    const mine = { ...base, days: 11, places: ["Berlin", "Oslo"] };
    const theirs = { ...base, days: 7, places: [] };
    expect(mergeValues(base, mine, theirs)).toEqual({
      values: mine,
      taken: [],
      conflicts: ["/days", "/places"],
    });
    expect(mergeValues(base, mine, mine).conflicts).toEqual([]);
  });

  it("hold what was taken away and what was added, on either side", () => {
    const { days: _days, ...mine } = base;
    expect(mergeValues(base, mine, { ...base, more: 1 })).toEqual({
      values: { ...mine, more: 1 },
      taken: ["/more"],
      conflicts: [],
    });
    expect(mergeValues(base, { ...base, days: 6 }, mine).conflicts).toEqual(["/days"]);
    expect(mergeValues(base, mine, { ...base, days: 6 }).conflicts).toEqual(["/days"]);
    const without = { ...base, cache: null };
    expect(mergeValues(base, without, { ...base, cache: { minutes: 1, on: true } }).conflicts).toEqual([
      "/cache",
    ]);
  });

  it("stand against each other where mine cannot be seen among the values", () => {
    const touched = new Set(["/days"]);
    expect(mergeValues(base, base, { ...base, days: 7 }, touched).conflicts).toEqual(["/days"]);
    expect(mergeValues(base, base, base, touched).conflicts).toEqual([]);
  });

  it("stand against each other where mine takes the whole of an object that the others changed within", () => {
    const touched = new Set(["/cache"]);
    const theirs = { ...base, cache: { minutes: 10, on: false } };
    expect(mergeValues(base, base, theirs, touched)).toEqual({
      values: base,
      taken: [],
      conflicts: ["/cache"],
    });
    expect(mergeValues(base, base, { ...base, days: 7 }, touched)).toMatchObject({
      taken: ["/days"],
      conflicts: [],
    });
  });

  it("have names that every object knows like all others", () => {
    const read = (text: string) => JSON.parse(text) as Record<string, unknown>;
    const none = { free: {} };
    const mine = read('{"free": {"__proto__": {"on": true}, "constructor": 1}}');
    const theirs = { free: { toString: 2 } };
    const merged = mergeValues(none, mine, theirs);
    expect(merged).toMatchObject({ taken: ["/free/toString"], conflicts: [] });
    expect(JSON.stringify(merged.values)).toBe(
      '{"free":{"toString":2,"__proto__":{"on":true},"constructor":1}}',
    );
    expect(withValueAt({}, "/constructor/name", 1)).toEqual({ constructor: { name: 1 } });
    expect(JSON.stringify(withValueAt({}, "/__proto__/on", 1))).toBe('{"__proto__":{"on":1}}');
  });

  it("have names with slashes and tildes like all others", () => {
    const strange = { "a/b": { "~": 1 } };
    const merged = mergeValues(strange, { "a/b": { "~": 2 } }, { "a/b": { "~": 3 } });
    expect(merged.conflicts).toEqual(["/a~1b/~0"]);
    expect(withValueAt(merged.values, "/a~1b/~0", 3)).toEqual({ "a/b": { "~": 3 } });
    expect(withValueAt(merged.values, "/a~1b/~0", undefined)).toEqual({ "a/b": {} });
  });
});
