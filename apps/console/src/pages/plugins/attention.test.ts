import type { AdvisoriesDto, InstallationDto } from "@patchbay/protocol";
import { expect, it } from "vitest";
import { attentionOf } from "./attention.ts";

const plugin = (id: string, over: Partial<InstallationDto> = {}): InstallationDto => ({
  plugin: id,
  name: id,
  description: "",
  author: { name: "Acme" },
  category: "data",
  keywords: [],
  hasSettings: false,
  hasUi: false,
  version: "1.0.0",
  state: "enabled",
  source: "upload",
  badge: "private",
  scope: { projects: "all" },
  grants: [],
  trust: { state: "unsigned" },
  dependencies: [],
  missingSettings: [],
  health: { state: "healthy", calls: 0, errors: 0 },
  createdAt: "2026-01-01T00:00:00Z",
  updatedAt: "2026-01-01T00:00:00Z",
  ...over,
});
const lastError = { code: "x", message: "No", at: "2026-01-01T00:00:00Z", see: "/" };
const weak = (id: string, vector?: string): AdvisoriesDto["advisories"][number] => ({
  advisory: {
    id: `W-${id}`,
    modified: "2026-01-01T00:00:00Z",
    ...(vector !== undefined && { severity: [{ type: "CVSS_V3", score: vector }] }),
  } as AdvisoriesDto["advisories"][number]["advisory"],
  marketplaces: [],
  touches: [{ plugin: id, version: "1.0.0", fixes: ["1.0.1"] }],
});

it("names all that needs somebody, the worst first", () => {
  const plugins = [
    plugin("fine"),
    plugin("waits", { update: { version: "2.0.0", missing: [{ name: "storage.scoped" }] } }),
    plugin("slow", { health: { state: "degraded", calls: 9, errors: 9 } }),
    plugin("kept", { lastError }),
    plugin("bare", {
      state: "disabled",
      missingSettings: [{ pointer: "/key", title: "API key", message: "This setting is required." }],
    }),
    plugin("maps", { dependencies: ["geo"] }),
    plugin("weak"),
    plugin("weaker"),
    plugin("geo", { state: "blocked" }),
    plugin("broken", { state: "error", lastError }),
  ];
  const bad = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H";
  const found = attentionOf(plugins, [weak("weak"), weak("weaker", bad), weak("gone")]);
  expect(found.map(({ plugin: { name }, reason }) => `${name} ${reason.kind}`)).toEqual([
    "broken failed",
    "geo blocked",
    "weaker advisory",
    "weak advisory",
    "maps dependency",
    "bare needs_settings",
    "kept last_change",
    "slow degraded",
    "waits update_waits",
  ]);
});

it("is about one project where one is chosen, with what plugins of others are needed there", () => {
  const plugins = [
    plugin("a", { scope: { projects: ["kitchen"] }, dependencies: ["b"] }),
    plugin("b", { scope: { projects: ["garden"] }, state: "error" }),
  ];
  expect(attentionOf(plugins, [], "kitchen").map(({ plugin: { name } }) => name)).toEqual(["a"]);
  expect(attentionOf(plugins, []).map(({ plugin: { name } }) => name)).toEqual(["b", "a"]);
});

it("leaves alone what is off on purpose", () => {
  expect(attentionOf([plugin("a", { state: "disabled", dependencies: ["gone"] })], [])).toEqual([]);
});
