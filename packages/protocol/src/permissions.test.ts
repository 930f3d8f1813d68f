import { describe, expect, it } from "vitest";
import { HOST_DOMAINS, HOST_METHODS } from "./host/index.ts";
import { requestsOf } from "./permission-requests.ts";
import { COMING_PERMISSIONS, GRANTABLE_PERMISSIONS, isGrantable, PERMISSION_NAMES } from "./permissions.ts";
import { VIEW_PLACES } from "./user-interface.ts";
import { validateManifest } from "./validate-manifest.ts";

const manifest = (permissions: unknown) => ({
  id: "acme.notes",
  name: "Notes",
  version: "1.0.0",
  description: "Keeps notes.",
  author: { name: "Acme" },
  category: "utility",
  engines: { patchbay: "^1.0.0" },
  main: "plugin.js",
  permissions,
});

describe("the calls of the host", () => {
  it.each(Object.entries(HOST_DOMAINS))("of %s begin with its name", (domain, methods) => {
    for (const method of Object.keys(methods)) expect(method.split(".")[0]).toBe(domain);
  });

  it("are one list, and each needs a permission that can be granted", () => {
    const every = Object.values(HOST_DOMAINS).flatMap((methods) => Object.keys(methods));
    expect(Object.keys(HOST_METHODS)).toEqual(every);
    for (const { permission } of Object.values(HOST_METHODS)) expect(isGrantable(permission)).toBe(true);
  });
});

describe("a permission", () => {
  it("can be granted only when something stands behind it", () => {
    const behind = new Set<string>([
      ...Object.values(HOST_METHODS).map(({ permission }) => permission),
      ...VIEW_PLACES.map((place) => `ui.${place}`),
      "ui.theme",
      "schedule.run",
      "endpoints.serve",
      "chat.messages",
    ]);
    expect(new Set(GRANTABLE_PERMISSIONS)).toEqual(behind);
  });

  it("is either there or yet to come", () => {
    expect(new Set(PERMISSION_NAMES).size).toBe(GRANTABLE_PERMISSIONS.length + COMING_PERMISSIONS.length);
  });

  it("that is yet to come may be named in a manifest, with any scope, and is not offered", () => {
    const permissions = {
      required: ["storage.scoped"],
      optional: [{ name: "workflows.run", ids: ["acme.geo/*"] }, COMING_PERMISSIONS[0], "ui.notifications"],
    };
    const checked = validateManifest(manifest(permissions));
    expect(checked.ok && requestsOf(checked.value)).toEqual({
      required: [{ name: "storage.scoped" }],
      optional: [{ name: "ui.notifications" }],
    });
  });
});
