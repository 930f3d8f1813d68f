import { describe, expect, it } from "vitest";
import { parseJson } from "./parse-json.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

describe("a JSON document that somebody wrote", () => {
  it("may begin with a byte order mark", () => {
    expect(parseJson('\ufeff{"a":1}')).toEqual({ ok: true, value: { a: 1 } });
    expect(parseJson(bytes('\ufeff{"a":1}\r\n'))).toEqual({ ok: true, value: { a: 1 } });
  });

  it.each([
    ["too deep", "[".repeat(1_000_000), /256 levels/],
    ["too large", `"${"x".repeat(100)}"`, /bytes/, { maxBytes: 50 }],
    ["no JSON", "{a:1}", /is not JSON/],
    ["empty", "", /is not JSON/],
  ] as const)("is refused when it is %s", (_what, text, reason, bounds?: { maxBytes: number }) => {
    for (const source of [text, bytes(text)])
      expect(parseJson(source, bounds)).toEqual({ ok: false, error: expect.stringMatching(reason) });
  });

  it("is refused when it is no text", () => {
    expect(parseJson(new Uint8Array([0x22, 0xff, 0x22]))).toMatchObject({ ok: false });
  });

  it("may hold brackets in its texts", () => {
    const text = `"${"[".repeat(500)}\\"${"{".repeat(500)}"`;
    expect(parseJson(text).ok).toBe(true);
  });
});
