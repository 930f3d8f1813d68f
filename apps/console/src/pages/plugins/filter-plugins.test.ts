import type { InstallationDto } from "@patchbay/protocol";
import { describe, expect, it } from "vitest";
import { filterPlugins } from "./filter-plugins.ts";

const plugin = (over: Partial<InstallationDto>): InstallationDto => ({
  plugin: "acme.weather",
  name: "Weather",
  description: "Forecasts for any place.",
  author: { name: "Acme" },
  category: "integration",
  keywords: ["sky"],
  hasSettings: false,
  hasUi: false,
  version: "1.0.0",
  state: "enabled",
  source: "upload",
  badge: "private",
  scope: { projects: "all" },
  grants: [],
  dependencies: [],
  missingSettings: [],
  health: { state: "healthy", calls: 0, errors: 0 },
  trust: { state: "unsigned" },
  createdAt: "2026-01-01T00:00:00Z",
  updatedAt: "2026-01-01T00:00:00Z",
  ...over,
});

const weather = plugin({ health: { state: "degraded", calls: 10, errors: 9 } });
const cafe = plugin({
  plugin: "bean.cafe",
  name: "Café",
  description: "Coffee.",
  author: { name: "Bean" },
  category: "data",
  keywords: [],
  scope: { projects: ["kitchen"] },
  updatedAt: "2026-02-01T00:00:00Z",
});
const names = (filter: Parameters<typeof filterPlugins>[1]) =>
  filterPlugins([weather, cafe], filter, ({ category }) => (category === "data" ? ["Daten"] : [])).map(
    ({ name }) => name,
  );

describe("finding plugins", () => {
  it("looks into name, description, author, category, keywords and the id", () => {
    for (const q of ["weather", "FORECASTS", "acme", "integration", "sky", "acme.weather"])
      expect(names({ q }), q).toEqual(["Weather"]);
  });

  it("wants every word, and does not care about case and accents", () => {
    expect(names({ q: "cafe BEAN" })).toEqual(["Café"]);
    expect(names({ q: "cafe acme" })).toEqual([]);
    expect(names({ q: "daten" })).toEqual(["Café"]);
  });

  it("keeps one category, and what applies in a project", () => {
    expect(names({ category: "data" })).toEqual(["Café"]);
    expect(names({ project: "kitchen" })).toEqual(["Café", "Weather"]);
    expect(names({ project: "garage" })).toEqual(["Weather"]);
  });

  it("sorts by name, time of change, calls and errors", () => {
    expect(names({})).toEqual(["Café", "Weather"]);
    expect(names({ sort: "updated" })).toEqual(["Café", "Weather"]);
    expect(names({ sort: "calls" })).toEqual(["Weather", "Café"]);
    expect(names({ sort: "errors" })).toEqual(["Weather", "Café"]);
  });
});
