import { masksOf, NO_MASKS } from "@patchbay/protocol";
import { describe, expect, it } from "vitest";
import { KeptJson } from "./kept-json.ts";

const SECRET = { type: "string", format: "secret" };
const FILE = { type: "string", contentEncoding: "base64", contentMediaType: "image/png" };
const object = (properties: object, more: object = {}) => ({ type: "object", properties, ...more });
const kept = (value: unknown, schema?: unknown) => KeptJson.of(value, masksOf(schema));
const read = (value: unknown, schema?: unknown) => JSON.parse(kept(value, schema).json);

describe("what is kept of input and output", () => {
  it("is the JSON of the value", () => {
    const value = { a: [1, "two", null, true, { b: [] }], "c\n": "\u0000", d: {} };
    expect(kept(value)).toEqual({ json: JSON.stringify(value), isCut: false });
    for (const one of [null, 1, "text", [], undefined])
      expect(kept(one).json).toBe(JSON.stringify(one ?? null));
  });

  it("has no secrets, however the schema marks them", () => {
    const schemas = [
      object({ key: SECRET }),
      object({ key: { type: "string", writeOnly: true } }),
      object({ key: { type: "string", format: "password" } }),
      object({ key: { $ref: "#/$defs/key" } }, { $defs: { key: SECRET } }),
      object({ key: { anyOf: [{ type: "null" }, SECRET] } }),
      object({ key: { type: "array", items: SECRET } }),
      object({ key: { additionalProperties: SECRET } }),
      object({ key: { patternProperties: { ".*": SECRET } } }),
      object({ key: { $ref: "#elsewhere" } }),
      { allOf: [object({ key: SECRET })] },
      { $ref: "#/$defs/all", $defs: { all: object({ key: SECRET }) } },
      object({ inner: object({ key: SECRET }) }),
    ];
    for (const schema of schemas)
      expect([schema, read({ key: ["s"], town: "Oslo" }, schema)]).toEqual([
        schema,
        { key: "[secret]", town: "Oslo" },
      ]);
    expect(read({ deep: [{ key: "s" }] }, object({ key: SECRET }))).toEqual({ deep: [{ key: "[secret]" }] });
    expect(read("s", SECRET)).toBe("[secret]");
    expect(read(["s"], { type: "array", items: SECRET })).toBe("[secret]");
    expect(read({ key: null }, object({ key: SECRET }))).toEqual({ key: null });
  });

  it("has no files, whether the schema says that they are some or not", () => {
    const long = Buffer.alloc(3_000, 7).toString("base64");
    expect(read({ photo: "aGVsbG8=" }, object({ photo: FILE }))).toEqual({ photo: "[file]" });
    expect(read({ photo: long, url: `data:image/png;base64,${long}` })).toEqual({
      photo: "[file]",
      url: "[file]",
    });
    expect(read({ words: "lorem ipsum ".repeat(200) }).words).toHaveLength(2_400);
  });

  it("of a schema that goes round, or is too large to be looked through, is safe", () => {
    const round: Record<string, unknown> = object({ next: { $ref: "#" }, key: SECRET });
    expect(read({ next: { next: { key: "s" } } }, round)).toEqual({ next: { next: { key: "[secret]" } } });
    let deep: unknown = SECRET;
    for (let n = 0; n < 200; n++) deep = { anyOf: [deep] };
    expect(read({ key: "s" }, object({ key: deep }))).not.toMatchObject({ key: "s" });
    expect(masksOf("no schema")).toBe(NO_MASKS);
  });

  it("ends where it is too long, and looks no further", () => {
    const { json, isCut } = kept({ list: Array.from({ length: 1_000_000 }, () => "x") });
    expect([json.length, isCut]).toEqual([16 * 1024, true]);
    let deep: unknown = 1;
    for (let n = 0; n < 10_000; n++) deep = [deep];
    expect(kept(deep).isCut).toBe(true);
    expect(kept("😀".repeat(20_000)).json.isWellFormed()).toBe(true);
  });
});
