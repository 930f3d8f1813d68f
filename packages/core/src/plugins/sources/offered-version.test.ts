import { describe, expect, it } from "vitest";
import type { PackageVersion } from "../../ports/catalog-store.ts";
import type { Offer } from "../../ports/offer-store.ts";
import { isNewer, isOffered, newestOffers, union } from "./offered-version.ts";

const RUNS = { engines: { patchbay: "^1.0.0" } };
const row = (version: string, source = "marketplace") =>
  ({ pluginId: "acme.maps", version, source, manifest: RUNS }) as unknown as PackageVersion;
const offer = (version: string, change: Partial<Offer> = {}) =>
  ({
    pluginId: "acme.maps",
    version,
    place: "m",
    yanked: null,
    manifest: RUNS,
    ...change,
  }) as unknown as Offer;
const versions = (
  rows: PackageVersion[],
  offers: Offer[],
  keep: { readonly named?: string; readonly installed?: string },
) =>
  union(rows, offers, { ...keep, patchbayVersion: "1.4.0", scope: "any", isBlocked: () => false }).map(
    (one) => (isOffered(one) ? `${one.version}?` : one.version),
  );

describe("what can be had", () => {
  it("is what is in the catalog and what is offered besides, newest first", () =>
    expect(versions([row("1.9.0"), row("1.0.0")], [offer("1.10.0"), offer("1.9.0")], {})).toEqual([
      "1.10.0?",
      "1.9.0",
      "1.0.0",
    ]));

  it("is not what was withdrawn, unless it is named or installed", () => {
    const rows = [row("1.1.0"), row("1.0.0")];
    const offers = [offer("1.2.0", { yanked: "Bad." }), offer("1.1.0", { yanked: "Bad." })];
    expect(versions(rows, offers, {})).toEqual(["1.0.0"]);
    expect(versions(rows, offers, { installed: "1.1.0" })).toEqual(["1.1.0", "1.0.0"]);
    expect(versions(rows, offers, { named: "1.2.0" })).toEqual(["1.2.0?", "1.0.0"]);
    // Nobody outside withdraws what people have brought themselves.
    expect(versions([row("1.1.0", "upload")], offers, {})).toEqual(["1.1.0"]);
  });

  it("is a pre-release only for those who name one, have one, or could have nothing else", () => {
    const offers = [offer("2.0.0-rc.1"), offer("1.0.0")];
    expect(versions([], offers, {})).toEqual(["1.0.0?"]);
    expect(versions([], offers, { named: "2.0.0-rc.1" })).toEqual(["2.0.0-rc.1?", "1.0.0?"]);
    expect(versions([row("2.0.0-rc.0")], offers, { installed: "2.0.0-rc.0" })[0]).toBe("2.0.0-rc.1?");
    expect(versions([], [offer("2.0.0-rc.1")], {})).toEqual(["2.0.0-rc.1?"]);
  });

  it("is what is for another Patchbay only where it is named, or nothing else is to be had", () => {
    const later = offer("2.0.0", { manifest: { engines: { patchbay: "^2.0.0" } } as Offer["manifest"] });
    expect(versions([], [later, offer("1.1.0")], {})).toEqual(["1.1.0?"]);
    expect(versions([row("1.0.0")], [later], { installed: "1.0.0" })).toEqual(["1.0.0"]);
    expect(versions([row("1.0.0")], [later], { named: "2.0.0" })).toEqual(["2.0.0?", "1.0.0"]);
    expect(versions([], [later], {})).toEqual(["2.0.0?"]);
  });

  it("is not planned with while its manifest is unknown", () =>
    expect(versions([row("1.0.0")], [offer("1.1.0", { manifest: null })], {})).toEqual(["1.0.0"]));
});

describe("offers", () => {
  it("are kept once for each version, and only the newest", () => {
    const many = Array.from({ length: 80 }, (_, index) => offer(`1.${index}.0`));
    const kept = newestOffers([...many, offer("1.79.0")]);
    expect([kept.length, kept[0]?.version, kept.at(-1)?.version]).toEqual([50, "1.79.0", "1.30.0"]);
  });

  it("are newer than none unless they are pre-releases", () => {
    expect([isNewer("1.1.0", "1.0.0"), isNewer("1.0.0", "1.0.0"), isNewer("1.0.0", undefined)]).toEqual([
      true,
      false,
      true,
    ]);
    expect(isNewer("1.0.0-rc.1", undefined)).toBe(false);
  });
});
