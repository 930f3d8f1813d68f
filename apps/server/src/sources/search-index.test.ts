import type { RegistrySummaryDto } from "@patchbay/protocol";
import { describe, expect, it } from "vitest";
import { isNear, searchIndex } from "./search-index.ts";

const entry = (plugin: string, change: Partial<RegistrySummaryDto> = {}): RegistrySummaryDto => ({
  plugin,
  name: plugin,
  description: "",
  author: { name: "Somebody" },
  category: "utility",
  keywords: [],
  badge: "community",
  publisher: plugin.split(".")[0] ?? "",
  latest: "1.0.0",
  installs: 0,
  hasIcon: false,
  updatedAt: "2026-03-01T12:00:00Z",
  ...change,
});
const index = {
  items: [
    entry("acme.weather", { name: "Weather", installs: 5 }),
    entry("acme.radar", { name: "Rain radar", description: "For the weather.", badge: "official" }),
    entry("zeta.weather-pro", { name: "Weather Pro", installs: 9, category: "data" }),
    entry("zeta.notes", { name: "Notes", updatedAt: "2026-04-01T12:00:00Z" }),
  ],
};
const found = (query: Partial<Parameters<typeof searchIndex>[1]>) =>
  searchIndex(index, { limit: 10, ...query }).items.map(({ plugin }) => plugin);

describe("a search in an index", () => {
  it("finds exact names first, then words and beginnings, then what is said about it", () =>
    expect(found({ q: "Weather" })).toEqual(["acme.weather", "zeta.weather-pro", "acme.radar"]));

  it("wants all words", () => expect(found({ q: "rain weather" })).toEqual(["acme.radar"]));

  it("forgives a letter that is wrong, missing, too many or in the wrong place", () => {
    for (const q of ["notas", "nots", "nootes", "ntoes"]) expect(found({ q })).toEqual(["zeta.notes"]);
    expect(found({ q: "nxxes" })).toEqual([]);
  });

  it("shows what is used most when nothing is looked for, or what changed last", () => {
    expect(found({})[0]).toBe("zeta.weather-pro");
    expect(found({ sort: "updated" })[0]).toBe("zeta.notes");
  });

  it("counts each facet as if it were not chosen itself", () => {
    const { facets, total } = searchIndex(index, { q: "weather", badge: "official", limit: 10 });
    expect([total, facets]).toEqual([1, { category: { utility: 1 }, badge: { community: 2, official: 1 } }]);
    expect(found({ category: "data", publisher: "zeta" })).toEqual(["zeta.weather-pro"]);
  });

  it("gives pages, and refuses a cursor that is none", () => {
    const { items, cursor } = searchIndex(index, { limit: 3 });
    expect(items).toHaveLength(3);
    expect(found({ limit: 3, cursor: cursor ?? "" })).toHaveLength(1);
    expect(() => searchIndex(index, { limit: 3, cursor: "-1" })).toThrow("cursor");
  });
});

describe("isNear", () => {
  it("is true of one change and of none", () => {
    for (const [a, b] of [
      ["note", "note"],
      ["note", "not"],
      ["", "a"],
      ["ab", "ba"],
    ] as const)
      expect(isNear(a, b)).toBe(true);
    for (const [a, b] of [
      ["note", "nt"],
      ["abcd", "badc"],
      ["abc", "xyc"],
    ] as const)
      expect(isNear(a, b)).toBe(false);
  });
});
