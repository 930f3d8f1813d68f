import { describe, expect, it } from "vitest";
import { settingsPatchOf } from "./settings-patch.ts";

describe("a change of settings", () => {
  it("sends nothing when nothing changed", () => {
    const values = { units: "metric", list: [1, 2], inner: { on: true } };
    expect(settingsPatchOf(values, structuredClone(values))).toEqual({});
  });

  it("sends what is new or different, at its depth, and lists as a whole", () => {
    expect(
      settingsPatchOf(
        { a: 1, list: [1], inner: { on: true, off: 1 } },
        {
          a: 2,
          list: [1, 2],
          inner: { on: false, off: 1 },
          b: "x",
        },
      ),
    ).toEqual({ a: 2, list: [1, 2], inner: { on: false }, b: "x" });
  });

  it("sends null for what was taken away, and for a secret that is to be removed", () => {
    expect(settingsPatchOf({ a: 1, inner: { on: true } }, { inner: {} })).toEqual({
      a: null,
      inner: { on: null },
    });
    expect(settingsPatchOf({}, { apiKey: null })).toEqual({ apiKey: null });
    expect(settingsPatchOf({ inner: { on: true } }, {})).toEqual({ inner: { on: null } });
  });

  it("sends names that every object knows like all others", () => {
    const after = JSON.parse('{"__proto__": {"on": true}, "constructor": 1}') as Record<string, unknown>;
    expect(JSON.stringify(settingsPatchOf({}, after))).toBe('{"__proto__":{"on":true},"constructor":1}');
    expect(JSON.stringify(settingsPatchOf(after, {}))).toBe('{"__proto__":{"on":null},"constructor":null}');
  });

  it("sends null for what goes back to the inherited value", () => {
    expect(
      settingsPatchOf({ a: 1, inner: { on: true } }, { a: 1, inner: { on: true } }, new Set(["/inner/on"])),
    ).toEqual({ inner: { on: null } });
  });
});

describe("what goes back to the inherited value", () => {
  it("is sent as null also where nothing shows it, such as what another version has stored", () => {
    expect(settingsPatchOf({ a: 1 }, { a: 2 }, new Set(["/gone", "/cache/old"]))).toEqual({
      a: 2,
      gone: null,
      cache: { old: null },
    });
  });

  it("is sent as a whole where it is unset as a whole and in part", () => {
    expect(settingsPatchOf({}, {}, new Set(["/cache", "/cache/old"]))).toEqual({ cache: null });
  });
});
