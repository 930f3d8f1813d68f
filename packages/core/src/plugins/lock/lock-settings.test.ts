import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type JsonObject, mergePatch } from "../settings/json-merge.ts";
import { fromLockedSettings, patchBetween, toLockedSettings } from "./lock-settings.ts";

/** Settings as they can be stored: objects, lists and scalars, of which none is null. */
const name = fc.constantFrom("units", "place", "city", "limits", "tags");
const { value } = fc.letrec<{ value: unknown; object: Record<string, unknown> }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.integer(),
    fc.string(),
    fc.boolean(),
    fc.array(fc.string()),
    tie("object"),
  ),
  object: fc.dictionary(name, tie("value"), { maxKeys: 4, noNullPrototype: true }),
}));
const settings = fc.dictionary(name, value, {
  maxKeys: 4,
  noNullPrototype: true,
}) as fc.Arbitrary<JsonObject>;

/** Merging makes no empty object of one that is left out. */
const withoutEmpty = (of: unknown): unknown =>
  typeof of === "object" && of !== null && !Array.isArray(of)
    ? Object.fromEntries(
        Object.entries(of)
          .map(([key, child]) => [key, withoutEmpty(child)] as const)
          .filter(
            ([, child]) =>
              !(
                typeof child === "object" &&
                child !== null &&
                Object.keys(child).length === 0 &&
                !Array.isArray(child)
              ),
          ),
      )
    : of;

describe("the patch between two levels of settings", () => {
  it("makes one of the other when it is merged", () => {
    fc.assert(
      fc.property(settings, settings, (before, after) => {
        const merged = mergePatch(before, patchBetween(before, after));
        expect(withoutEmpty(merged)).toEqual(withoutEmpty(after));
      }),
    );
  });

  it("is empty between the same", () => {
    fc.assert(
      fc.property(settings, (same) => {
        expect(patchBetween(same, structuredClone(same))).toEqual({});
      }),
    );
  });
});

describe("settings in a lock file", () => {
  it("name secrets where they belong, those of a project apart, and come back as they were", () => {
    const values = { units: "metric", auth: { user: "ada" } };
    const secrets = { "/auth/token": "v1.sealed", "/key~1id": "v1.sealed" };
    const locked = toLockedSettings("acme.weather", { project: "web", values, secrets });
    expect(locked).toEqual({
      units: "metric",
      auth: { user: "ada", token: { $secret: "acme.weather/auth/token@web" } },
      "key/id": { $secret: "acme.weather/key~1id@web" },
    });
    expect(fromLockedSettings(locked)).toEqual({
      values,
      references: [
        { path: ["auth", "token"], name: "acme.weather/auth/token@web" },
        { path: ["key/id"], name: "acme.weather/key~1id@web" },
      ],
    });
  });

  it("keep a value that only looks like the name of a secret", () => {
    const odd = { note: { $secret: 7 }, both: { $secret: "a", more: true } };
    expect(fromLockedSettings(odd)).toEqual({ values: odd, references: [] });
  });
});
