import { describe, expect, it } from "vitest";
import { fieldAt, titleAt } from "./field-at.ts";

const schema = {
  type: "object",
  properties: {
    days: { type: "integer", title: "Days" },
    places: { type: "array", items: { type: "string" }, title: "Places" },
    cache: { type: "object", title: "Cache", properties: { "a/b": { type: "number" } } },
  },
};

describe("a pointer into the values of a form", () => {
  it("leads to the field that holds the value, lists as a whole", () => {
    expect(fieldAt(schema, "/places/1")).toEqual({ pointer: "/places", titles: ["Places"], kind: "list" });
    expect(fieldAt(schema, "/days")).toMatchObject({ pointer: "/days", kind: "number" });
    expect(fieldAt(schema, "/cache")).toMatchObject({ pointer: "/cache", kind: "object" });
  });

  it("is said by the titles on its way, and by names where there are none", () => {
    expect(titleAt(schema, "/cache/a~1b")).toBe("Cache, a/b");
    expect(titleAt(schema, "")).toBe("");
  });

  it("may lead to what the form does not have", () => {
    expect(fieldAt(schema, "/cache/gone")).toEqual({
      pointer: "/cache/gone",
      titles: ["Cache", "gone"],
      kind: undefined,
    });
    expect(fieldAt(schema, "/__proto__")).toMatchObject({ kind: undefined });
  });
});
