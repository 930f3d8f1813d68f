import type { OsvDto } from "@patchbay/protocol";
import { describe, expect, it } from "vitest";
import { affectedOf, touches } from "./affected-versions.ts";

const advisory = (events: Record<string, string>[], more: Partial<OsvDto> = {}): OsvDto => ({
  id: "PB-1",
  modified: "2026-01-01T00:00:00Z",
  affected: [
    { package: { ecosystem: "Patchbay", name: "acme.maps" }, ranges: [{ type: "SEMVER", events }] },
    { package: { ecosystem: "Patchbay", name: "acme.other" }, versions: ["9.0.0"] },
  ],
  ...more,
});

describe("an advisory", () => {
  it("touches the versions from where the fault came in until it was fixed", () => {
    const one = advisory([{ introduced: "1.1.0" }, { fixed: "1.2.0" }, { introduced: "2.0.0" }]);
    const touched = ["1.0.0", "1.1.0", "1.1.9", "1.2.0", "2.0.0", "9.0.0"].filter((version) =>
      touches(one, "acme.maps", version),
    );
    expect(touched).toEqual(["1.1.0", "1.1.9", "2.0.0", "9.0.0"]);
    expect(affectedOf(one, "acme.maps").ranges).toEqual([
      { introduced: "1.1.0", fixed: "1.2.0", last: null },
      { introduced: "2.0.0", fixed: null, last: null },
    ]);
  });

  it("touches the last version that it names, and single ones", () => {
    const one = advisory([{ introduced: "0" }, { last_affected: "1.0.0" }]);
    expect(touches(one, "acme.maps", "1.0.0")).toBe(true);
    expect(touches(one, "acme.maps", "1.0.1")).toBe(false);
    expect(touches(one, "acme.other", "9.0.0")).toBe(true);
  });

  it("touches nothing once it is withdrawn", () => {
    const one = advisory([{ introduced: "0" }], { withdrawn: "2026-02-01T00:00:00Z" });
    expect(touches(one, "acme.maps", "1.0.0")).toBe(false);
  });
});
