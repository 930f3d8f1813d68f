import { describe, expect, it } from "vitest";
import { valueFaults } from "./schema-values.ts";
import { checkSettingsSchema, type SettingsSchema } from "./settings-schema.ts";

const settings = (properties: Record<string, unknown>): SettingsSchema =>
  ({ type: "object", properties }) as unknown as SettingsSchema;
const faults = (schema: SettingsSchema, value: unknown, required: "now" | "later" = "later") =>
  valueFaults(schema, value, { isSettings: true, required });
const fits = (property: unknown, value: unknown) =>
  faults(settings({ x: property }), { x: value }).length === 0;
const elapsed = (work: () => unknown): number => {
  const started = performance.now();
  work();
  return performance.now() - started;
};
/** Far above what linear work takes here, far below what anything else takes. */
const LINEAR_MS = 1_000;

describe("settings against their schema", () => {
  const schema = settings({
    units: { type: "string", enum: ["metric", "imperial"] },
    days: { type: "integer", minimum: 1, maximum: 14 },
    key: { type: "string", format: "secret", hosts: ["api.example"] },
  });

  it("say where and what", () => {
    expect(faults(schema, { days: 99, unit: "metric" })).toEqual([
      { pointer: "/unit", message: "The plugin has no such setting." },
      { pointer: "/days", message: "It must be <= 14." },
    ]);
    expect(faults({ ...schema, required: ["key"] }, {}, "now")).toEqual([
      { pointer: "/key", message: "This setting is required." },
    ]);
    expect(faults(schema, { units: "kelvin" })).toEqual([
      { pointer: "/units", message: "It must be one of metric, imperial." },
    ]);
  });

  it("are compared with the pattern of their own setting, whatever was compared before", () => {
    const region = { type: "string", pattern: "^[a-z]+$" };
    const zip = { type: "string", pattern: "^[0-9]{5}$" };
    for (const both of [settings({ region, zip }), settings({ zip, region })]) {
      expect(faults(both, { region: "abc", zip: "12345" })).toEqual([]);
      expect(faults(both, { region: "12345", zip: "abc" })).toHaveLength(2);
    }
    expect([fits(region, "abc"), fits(zip, "abc"), fits(region, "12345")]).toEqual([true, false, false]);
  });

  it.each([
    [{ type: "string", pattern: "^\\s+$" }, " \u00a0\u2003\ufeff\v", true],
    [{ type: "string", pattern: "^\\S$" }, "\u00a0", false],
    [{ type: "string", pattern: "^[\\s]$" }, "\u3000", true],
    [{ type: "string", pattern: "^.$" }, "\u2028", false],
    [{ type: "string", pattern: "^[.]$" }, "a", false],
    [{ type: "string", pattern: "^\\u00e9\\/$" }, "é/", true],
  ])("read %j as JavaScript does", (schema, text, expected) => {
    expect(fits(schema, text)).toBe(expected);
  });

  it.each([
    ["multipleOf", { type: "number", multipleOf: 0.5 }, 1e308, true],
    ["multipleOf", { type: "number", multipleOf: 0.01 }, 4.35, true],
    ["multipleOf", { type: "number", multipleOf: 0.0001 }, 0.0075, true],
    ["multipleOf", { type: "number", multipleOf: 0.0001 }, 0.00751, false],
    ["multipleOf", { type: "integer", multipleOf: 0.123456789 }, 1e308, false],
    ["enum", { type: "array", items: { type: "integer" }, enum: [[1, 2]] }, [1, 2], true],
    ["enum", { type: "array", items: { type: "integer" }, enum: [[1, 2]] }, [2, 1], false],
    ["maxLength", { type: "string", maxLength: 1 }, "💩", true],
    ["uniqueItems", { type: "array", items: { type: "integer" }, uniqueItems: true }, [1, 2, 1], false],
    ["type", { type: "integer" }, 1.0, true],
    ["type", { type: "integer" }, "1", false],
  ])("know %s: %j with %j", (_keyword, schema, value, expected) => {
    expect(fits(schema, value)).toBe(expected);
  });

  it("take equal items for equal, however their names are ordered", () => {
    const list = {
      type: "array",
      uniqueItems: true,
      items: { type: "object", properties: { a: { type: "integer" }, b: { type: "integer" } } },
    };
    expect(
      fits(list, [
        { a: 1, b: 2 },
        { b: 2, a: 1 },
      ]),
    ).toBe(false);
    expect(fits(list, [{ a: 1, b: 2 }, { a: 1 }])).toBe(true);
  });

  it.each([
    ["time", ["12:30", "12:30:00", "12:30:00Z", "12:30:00.5+01:00", "23:59:60Z", "00:59:60+01:00"]],
    [
      "date-time",
      ["2026-03-01 12:00", "2026-03-01T12:00:00Z", "2026-03-01T12:00", "2024-02-29T00:00:00-08:00"],
    ],
    ["date", ["2026-03-01", "2024-02-29"]],
    ["uuid", ["123e4567-e89b-12d3-a456-426614174000"]],
    ["uri", ["https://example.com/a?b#c", "urn:isbn:0451450523", "http://[::1]:80/"]],
    ["email", ["ada@example.com", "a.b+c@x.example"]],
    ["ipv4", ["192.0.2.1"]],
    ["ipv6", ["::1", "2001:db8::1", "::ffff:192.0.2.1"]],
    ["hostname", ["api.example.com", "localhost"]],
  ])("take what people write as %s", (format, texts) => {
    expect(texts.filter((text) => !fits({ type: "string", format }, text))).toEqual([]);
  });

  it.each([
    ["time", ["24:00", "12:60", "12", "12:30:00+01", "22:59:60Z", "noon"]],
    ["date-time", ["2026-02-29T12:00", "2026-03-01", "2026-03-01T12:00:00+01", "2026-03-01x12:00"]],
    ["date", ["2026-02-29", "2026-13-01", "01.03.2026", "2026-3-1"]],
    ["uuid", ["urn:uuid:123e4567-e89b-12d3-a456-426614174000", "123"]],
    ["uri", ["//host/x", "http:// x", "example.com", "http://[@x/"]],
    ["email", [".a@example.com", "a..b@example.com", "example.com", "a@"]],
    ["ipv4", ["192.0.2.01", "256.0.0.1", "1.2.3"]],
    ["ipv6", ["::g", "1.2.3.4", "fe80::1%eth0", "12345::"]],
    ["hostname", ["-a.example", "a_b.example", "a..b"]],
  ])("refuse what is no %s, with an example of one", (format, texts) => {
    const schema = settings({ x: { type: "string", format } });
    for (const x of texts)
      expect(faults(schema, { x }), x).toEqual([
        { pointer: "/x", message: expect.stringMatching(/^It must be an? .*such as /) },
      ]);
  });
});

describe("the time that settings take to check", () => {
  it.each([
    [
      "equal objects in a list",
      { type: "array", uniqueItems: true, items: { type: "object" } },
      () => Array(80_000).fill({}),
    ],
    [
      "different objects in a list",
      { type: "array", uniqueItems: true, items: { type: "object", additionalProperties: true } },
      () => Array.from({ length: 20_000 }, (_, n) => ({ n })),
    ],
    ["wrong members", { type: "array", items: { type: "string" } }, () => Array(120_000).fill(1)],
    [
      "many members, many choices",
      { type: "array", items: { type: "string", enum: Array.from({ length: 20_000 }, (_, n) => `v${n}`) } },
      () => Array.from({ length: 20_000 }, (_, n) => `v${n}`),
    ],
    ["a backtracking pattern", { type: "string", pattern: "^(a+)+$" }, () => `${"a".repeat(250_000)}!`],
    [
      "a pattern of many states",
      { type: "string", pattern: "(a|b)*a(a|b){300}c" },
      () => Array.from({ length: 250_000 }, (_, n) => "ab"[(n * n + (n >> 3)) % 2]).join(""),
    ],
  ])("is in proportion to them: %s", (_what, property, value) => {
    const [schema, given] = [settings({ x: property }), { x: value() }];
    expect(elapsed(() => faults(schema, given))).toBeLessThan(LINEAR_MS);
    expect(faults(schema, given).length).toBeLessThanOrEqual(20);
  });
});

describe("a settings schema", () => {
  const faultsOf = (property: unknown) => checkSettingsSchema(settings({ x: property }));

  it.each([
    ["a default of another type", { type: "integer", default: "three" }, "/default"],
    ["a default outside of the choices", { type: "string", enum: ["km"], default: "miles" }, "/default"],
    ["a default that its pattern refuses", { type: "string", pattern: "^a$", default: "b" }, "/default"],
    [
      "a default list with a wrong member",
      { type: "array", items: { type: "string" }, default: [1] },
      "/default",
    ],
    [
      "a default of an object with a wrong member",
      { type: "object", properties: { a: { type: "integer" } }, default: { a: "x" } },
      "/default",
    ],
    ["a choice of another type", { type: "integer", enum: [1, "two"] }, "/enum/1"],
    ["a bound that is no number", { type: "integer", minimum: "1" }, "/minimum"],
    ["bounds that leave nothing", { type: "integer", minimum: 3, maximum: 2 }, "/maximum"],
    ["a pattern with look-ahead", { type: "string", pattern: "(?=a)b" }, "/pattern"],
    ["a pattern that repeats too much", { type: "string", pattern: "(a{500}){10}" }, "/pattern"],
    ["a title that turns the line", { type: "string", title: "abc\u202edef" }, "/title"],
    ["no host for a secret", { type: "string", format: "secret", hosts: [] }, "/hosts"],
    ...[
      "https://x.example/",
      "*.",
      "",
      "**",
      "*",
      "API.example.com",
      "x.example:0",
      "x.example:99999",
      "ftp://x",
    ].map(
      (host) =>
        [`"${host}" for a secret`, { type: "string", format: "secret", hosts: [host] }, "/hosts/0"] as const,
    ),
  ] as readonly (readonly [what: string, property: unknown, at: string])[])(
    "is refused for %s",
    (_what, property, at) => {
      expect(faultsOf(property).map(({ pointer }) => pointer)).toEqual([`/settings/properties/x${at}`]);
    },
  );

  it("may name hosts with a scheme and a port", () => {
    const hosts = [
      "api.example.com",
      "*.example.com",
      "api.example.com:8443",
      "http://10.0.0.1:8080",
      "[::1]:8443",
    ];
    expect(faultsOf({ type: "string", format: "secret", hosts })).toEqual([]);
  });

  it("is checked quickly, whatever it holds", () => {
    const many = settings(
      Object.fromEntries(
        Array.from({ length: 490 }, (_, n) => [
          `p${n}`,
          { type: "string", pattern: `^(a{900}|b{${n + 1}})$` },
        ]),
      ),
    );
    expect(elapsed(() => checkSettingsSchema(many))).toBeLessThan(LINEAR_MS);
    expect(checkSettingsSchema(many).at(-1)?.message).toMatch(/too large together/);
  });
});
