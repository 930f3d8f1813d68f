import type { SettingsSchema } from "@patchbay/protocol";
import { describe, expect, it } from "vitest";
import { effectiveSettings } from "./effective-settings.ts";

const schema: SettingsSchema = {
  type: "object",
  properties: {
    units: { type: "string", enum: ["metric", "imperial"], default: "metric" },
    days: { type: "integer", minimum: 1, maximum: 14, default: 3 },
    place: {
      type: "object",
      properties: { city: { type: "string" }, country: { type: "string", default: "NO" } },
    },
    key: { type: "string", format: "secret", hosts: ["api.example"] },
  },
  required: ["key"],
};
const level = (
  project: string | null,
  values: Record<string, unknown>,
  secrets: Record<string, string> = {},
) => ({ project, values, secrets });

describe("effective settings", () => {
  it("are the defaults where nothing was set", () => {
    const { values, origins } = effectiveSettings(schema, [], null);
    expect(values).toEqual({ units: "metric", days: 3, place: { country: "NO" } });
    expect(origins["/place/country"]).toBe("default");
  });

  it("put a project's values over the organization's, and tell where each comes from", () => {
    const stored = [
      level(null, { units: "imperial", place: { city: "Oslo" } }),
      level("one", { place: { city: "Bergen" } }),
    ];
    const { values, origins } = effectiveSettings(schema, stored, "one");
    expect(values).toEqual({ units: "imperial", days: 3, place: { country: "NO", city: "Bergen" } });
    expect(origins).toMatchObject({ "/units": "organization", "/place/city": "project", "/days": "default" });
    expect(effectiveSettings(schema, stored, null).values).toMatchObject({ place: { city: "Oslo" } });
  });

  it("leave out a stored value that another version's schema does not accept, and nothing else", () => {
    const { values } = effectiveSettings(
      schema,
      [level(null, { units: "kelvin", days: 7, gone: true })],
      null,
    );
    expect(values).toMatchObject({ units: "metric", days: 7 });
    expect(values).not.toHaveProperty("gone");
  });

  it("take a secret from the nearest level that sets it", () => {
    const stored = [level(null, {}, { "/key": "c1" }), level("one", {}, { "/key": "c2" })];
    expect(effectiveSettings(schema, stored, "one").secrets).toMatchObject([
      { pointer: "/key", stored: "c2", project: "one" },
    ]);
    expect(effectiveSettings(schema, stored, "two").secrets).toMatchObject([{ stored: "c1", project: null }]);
  });
});
