import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { validateManifest } from "./validate-manifest.ts";

const good = {
  id: "acme.weather",
  name: "Weather",
  version: "1.2.0",
  description: "Forecasts.",
  author: { name: "Acme" },
  category: "utility",
  engines: { patchbay: "^1.0.0" },
  main: "dist/plugin.js",
};
const faults = (over: object): Record<string, string> => {
  const result = validateManifest({ ...good, ...over });
  return result.ok ? {} : Object.fromEntries(result.error.map(({ pointer, message }) => [pointer, message]));
};

describe("validateManifest", () => {
  it("accepts a small manifest", () => expect(validateManifest(good).ok).toBe(true));

  it.each([
    [{ categry: "ui" }, "/categry", /did you mean "category"/],
    [{ category: "utlity" }, "/category", /did you mean "utility"/],
    [{ id: "Acme" }, "/id", /publisher\.name/],
    [{ version: "1.2" }, "/version", /semantic version/],
    [{ main: "../x.js" }, "/main", /file of the package/],
    [{ main: undefined }, "/main", /nothing to run/],
    [{ permissions: { required: ["net.ftch"] } }, "/permissions/required/0", /did you mean "net\.fetch"/],
    [{ permissions: { required: ["net.fetch"] } }, "/permissions/required/0", /needs its hosts/],
    [{ permissions: { optional: ["tools.invoke"] } }, "/permissions/optional/0", /needs its ids/],
    [
      { permissions: { required: [{ name: "storage.scoped", hosts: ["a.example"] }] } },
      "/permissions/required/0/hosts",
      /cannot be narrowed/,
    ],
    [
      { permissions: { required: ["storage.scoped"], optional: ["storage.scoped"] } },
      "/permissions/optional/0",
      /already/,
    ],
    [
      { settings: { type: "object", properties: { k: { type: "string", format: "secret" } } } },
      "/settings/properties/k/hosts",
      /hosts/,
    ],
    [
      { settings: { type: "object", properties: { k: { oneOf: [] } } } },
      "/settings/properties/k/type",
      /type must be/,
    ],
    [{ contributes: { tools: [{ name: "a" }] } }, "/contributes/tools/0/description", /missing/],
    [{ limits: { memoryMb: 4 } }, "/limits/memoryMb", /32 to 1024/],
    [{ dependencies: { acme: "1" } }, "/dependencies/acme", /not a known field/],
  ])("says where, what and how to mend %j", (over, pointer, message) =>
    expect(faults(over)[pointer]).toMatch(message),
  );

  it("refuses what nests so deep that nobody could write it down again", () => {
    const nested = JSON.parse(`${'{"a":'.repeat(50_000)}1${"}".repeat(50_000)}`);
    const settings = { type: "object", properties: { a: { type: "object", default: nested } } };
    expect(validateManifest({ ...good, settings })).toMatchObject({
      ok: false,
      error: [{ message: expect.stringContaining("levels deep") }],
    });
  });

  it("answers every JSON value with a result", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => typeof validateManifest(value).ok === "boolean"),
      { numRuns: 500 },
    );
  });

  it("answers every manifest with something odd in it with a result", () => {
    const key = fc.constantFrom(
      ...Object.keys(good),
      "permissions",
      "settings",
      "contributes",
      "limits",
      "dependencies",
      "__proto__",
    );
    fc.assert(
      fc.property(key, fc.jsonValue({ maxDepth: 6 }), (name, value) => {
        const result = validateManifest({ ...good, [name]: value });
        if (!result.ok) for (const { message } of result.error) expect(message.length).toBeGreaterThan(0);
      }),
      { numRuns: 1_000 },
    );
  });
});
