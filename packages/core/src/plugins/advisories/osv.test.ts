import type { OsvDto } from "@patchbay/protocol";
import { describe, expect, it } from "vitest";
import { affects, fixesOf, pluginsOf } from "./osv.ts";

const of = (affected: Partial<OsvDto["affected"][number]>, more: Partial<OsvDto> = {}): OsvDto => ({
  id: "PB-2026-1",
  modified: "2026-11-01T00:00:00Z",
  affected: [{ package: { ecosystem: "Patchbay", name: "acme.weather" }, ...affected }],
  ...more,
});
const range = (...events: { introduced?: string; fixed?: string; last_affected?: string }[]) =>
  of({ ranges: [{ type: "SEMVER", events }] });

describe("an advisory", () => {
  it.each([
    [
      range({ introduced: "0" }, { fixed: "1.2.0" }),
      { "0.0.1": true, "1.1.9": true, "1.2.0": false, "2.0.0": false },
    ],
    [
      range({ introduced: "1.0.0" }, { fixed: "1.2.0" }),
      { "0.9.9": false, "1.0.0": true, "1.0.0-rc.1": false },
    ],
    [range({ introduced: "1.0.0" }, { last_affected: "1.4.0" }), { "1.4.0": true, "1.4.1": false }],
    [range({ introduced: "1.0.0" }), { "9.0.0": true, "0.1.0": false }],
    [
      range({ fixed: "2.0.1" }, { introduced: "2.0.0" }, { introduced: "0" }, { fixed: "1.0.5" }),
      { "1.0.4": true, "1.0.5": false, "1.9.0": false, "2.0.0": true, "2.0.1": false },
    ],
    [of({ versions: ["1.0.0", "1.5.0"] }), { "1.0.0": true, "1.2.0": false, "1.5.0": true }],
    [of({ ranges: [{ type: "GIT", events: [{ introduced: "0" }] }] }), { "1.0.0": false }],
    [range({ introduced: "nonsense" }, { fixed: "1.0.0" }), { "0.5.0": false, "1.0.0": false }],
  ])("tells which versions are affected", (advisory, versions) => {
    for (const [version, isAffected] of Object.entries(versions))
      expect([version, affects(advisory, "acme.weather", version)]).toEqual([version, isAffected]);
  });

  it("says nothing of other plugins, of other ecosystems, nor once it was withdrawn", () => {
    const advisory = range({ introduced: "0" });
    expect(affects(advisory, "acme.other", "1.0.0")).toBe(false);
    const elsewhere = of({ package: { ecosystem: "npm", name: "acme.weather" }, versions: ["1.0.0"] });
    expect(affects(elsewhere, "acme.weather", "1.0.0")).toBe(false);
    expect(pluginsOf(elsewhere)).toEqual([]);
    expect(affects({ ...advisory, withdrawn: "2026-11-02T00:00:00Z" }, "acme.weather", "1.0.0")).toBe(false);
  });

  it("names the versions that mend it, lowest first", () => {
    const advisory = range(
      { introduced: "2.0.0" },
      { fixed: "2.1.0" },
      { introduced: "0" },
      { fixed: "1.0.5" },
    );
    expect(fixesOf(advisory, "acme.weather")).toEqual(["1.0.5", "2.1.0"]);
  });
});
