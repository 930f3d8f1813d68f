import { PatchbayError } from "@patchbay/protocol";
import { describe, expect, it } from "vitest";
import type { Installation } from "../ports/installation-store.ts";
import { requireVisible, type Sight, visibleOf } from "./sight.ts";

const of = (pluginId: string, projects: "all" | readonly string[]) =>
  ({ pluginId, scope: { projects } }) as Installation;
const EVERYWHERE = of("acme.everywhere", "all");
const NORTH = of("acme.north", ["north"]);
const BOTH = of("acme.both", ["north", "south"]);
const sees = (projects: Sight["projects"]) => ({ projects }) as Sight;

describe("what somebody sees of what is installed", () => {
  it.each([
    ["every project", sees("all"), [EVERYWHERE, NORTH, BOTH]],
    ["one project", sees(new Set(["south"])), [EVERYWHERE, BOTH]],
    ["no project", sees(new Set()), [EVERYWHERE]],
  ] as const)("is what applies to one of their projects: %s", (_what, sight, expected) =>
    expect(visibleOf(sight, [EVERYWHERE, NORTH, BOTH])).toEqual(expected),
  );

  it("is told from what is not installed by nothing", () => {
    const refusal = (installation: Installation | null) => {
      try {
        return requireVisible(sees(new Set(["south"])), "acme.north", installation);
      } catch (error) {
        if (error instanceof PatchbayError) return { ...error, message: error.message, code: error.code };
        throw error;
      }
    };
    expect(refusal(NORTH)).toEqual(refusal(null));
    expect(refusal(null)).toMatchObject({ code: "plugin_not_installed" });
    expect(requireVisible(sees(new Set(["north"])), "acme.north", NORTH)).toBe(NORTH);
  });
});
