import { CHECKED_FORMATS } from "@patchbay/protocol";
import { expect, it, vi } from "vitest";
import { lazySerializers } from "./validation.ts";

it.each(CHECKED_FORMATS)(
  "answers with the format %s in a choice are written, and nothing is said of it",
  (format) => {
    const warn = vi.spyOn(console, "warn");
    const compile = lazySerializers({}, {});
    const schema = {
      type: "object",
      properties: { a: { anyOf: [{ type: "string", format }, { type: "null" }] } },
    };
    const serialize = compile({ schema, method: "GET", url: "/", httpStatus: "200" });
    expect(serialize({ a: "text" })).toBe('{"a":"text"}');
    expect(serialize({ a: null })).toBe('{"a":null}');
    expect(warn).not.toHaveBeenCalled();
  },
);
