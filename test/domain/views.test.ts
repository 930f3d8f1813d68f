import type { Principal } from "@patchbay/core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { codeOf, type Domain, openDomain, TestOrganization } from "./support/domain.ts";
import { plain, running, type TestPlugin } from "./support/plugins.ts";

let domain: Domain;
let organization: TestOrganization;
let slug: string;
let owner: Principal;

beforeAll(async () => {
  domain = await openDomain();
});
afterAll(() => domain.close());
beforeEach(async () => {
  organization = await TestOrganization.create(domain);
  ({ slug, owner } = organization);
});

/** Installed and on, with a user interface. */
const withViews = async (plugin: TestPlugin, request: object = {}) => {
  await organization.bring(plugin, { uiDigest: "0".repeat(64) });
  const { id } = plugin.manifest;
  await domain.installer.install(owner, slug, { plugin: id, ...request });
  return await domain.switching.enable(owner, slug, id);
};
const ask = (who: Principal, plugin: string, method: string, args: unknown = {}, project?: string) =>
  domain.viewCalls.handle(who, slug, plugin, {
    method,
    args,
    attachment: new Uint8Array(),
    ...(project !== undefined && { project }),
    signal: new AbortController().signal,
  });
const logsOf = async (installationId: string) => {
  const { logs } = domain.database;
  await expect.poll(async () => (await logs.list(installationId, { limit: 9 })).length).toBeGreaterThan(0);
  return await logs.list(installationId, { limit: 9 });
};

describe("a view of a plugin", () => {
  const SETTINGS = { type: "object", properties: { units: { type: "string", default: "metric" } } };

  it("calls the tools of its plugin as whoever looks at it, and of no other", async () => {
    await withViews(running("view.own", "(input) => ({ ...input, ran: true })"));
    await withViews(running("view.other", "() => 1"));
    const member = await organization.join("member");
    const answer = await ask(member, "view.own", "plugin.call", { tool: "run", input: { a: 1 } });
    expect(answer).toMatchObject({ kind: "value", value: { a: 1, ran: true } });
    expect(await codeOf(ask(member, "view.own", "plugin.call", { tool: "gone" }))).toBe("tool_not_found");
    expect(await codeOf(ask(member, "view.own", "plugin.call", { tool: 7 }))).toBe("invalid_input");
    const viewer = await organization.join("viewer");
    expect(await codeOf(ask(viewer, "view.own", "plugin.call", { tool: "run" }))).toBe("forbidden");
  });

  it("reads the settings that apply where it is looked at", async () => {
    await withViews(plain("view.reads", { manifest: { settings: SETTINGS } }));
    await domain.configuration.putSettings(owner, slug, "view.reads", "web", { units: "imperial" });
    const member = await organization.join("member", { web: "member" });
    expect(await ask(member, "view.reads", "settings.getAll")).toMatchObject({ value: { units: "metric" } });
    expect(await ask(member, "view.reads", "settings.getAll", {}, "web")).toMatchObject({
      value: { units: "imperial" },
    });
    expect(await codeOf(ask(member, "view.reads", "settings.getAll", {}, "app"))).toBe("project_not_found");
  });

  it("asks nothing where its plugin has no user interface, is off, blocked or not to be believed", async () => {
    await organization.install(plain("view.none"));
    expect(await codeOf(ask(owner, "view.none", "settings.getAll"))).toBe("not_available");
    const { pluginId } = await withViews(plain("view.off"));
    await domain.switching.disable(owner, slug, pluginId);
    expect(await codeOf(ask(owner, pluginId, "settings.getAll"))).toBe("plugin_disabled");
    await withViews(plain("view.forged"));
    const found = await domain.database.catalog.findVersion(organization.id, "view.forged", "1.0.0");
    if (found === null) throw new Error("It is there.");
    const { createdAt: _, ...row } = found;
    await domain.database.catalog.amendVersion({ ...row, uiDigest: "1".repeat(64) });
    await domain.configuration.putScope(owner, slug, "view.forged", { projects: "all" });
    expect(await codeOf(ask(owner, "view.forged", "settings.getAll"))).toBe("package_modified");
  });

  it("writes into its plugin's log, marked as what a view says", async () => {
    const { id } = await withViews(plain("view.logs"));
    const line = { level: "warn", message: "Look!", fields: { a: 1 } };
    await ask(await organization.join("member"), "view.logs", "log", line);
    expect(await logsOf(id)).toMatchObject([
      { level: "warn", message: "Look!", fields: { a: 1, view: true } },
    ]);
    for (const wrong of [{ level: "loud", message: "x" }, { level: "warn" }, null])
      expect(await codeOf(ask(owner, "view.logs", "log", wrong))).toBe("invalid_input");
  });

  it("asks the platform for what it was granted, like server code", async () => {
    const permissions = { optional: ["storage.scoped"] };
    await withViews(plain("view.keeps", { manifest: { permissions } }), { grants: ["storage.scoped"] });
    await ask(owner, "view.keeps", "storage.set", { key: "a", value: 1 });
    expect(await ask(owner, "view.keeps", "storage.get", { key: "a" })).toMatchObject({ value: 1 });
    await domain.configuration.putGrants(owner, slug, "view.keeps", []);
    expect(await codeOf(ask(owner, "view.keeps", "storage.get", { key: "a" }))).toBe("permission_denied");
  });
});

describe("a fault of a view", () => {
  const fault = (phase: "activate" | "render", version = "1.0.0") =>
    ({ phase, message: "It broke.", version }) as never;
  const stateOf = async (plugin: string) =>
    (await domain.installations.get(owner, slug, plugin)).installation.state;
  const report = (who: Principal, plugin: string, told: never) =>
    domain.viewFaults.report(who, slug, plugin, told);

  it("is taken down for everybody, and switches a plugin off on the word of those alone who could do that", async () => {
    const { id } = await withViews(plain("fault.all"));
    const member = await organization.join("member", { web: "manager" });
    await report(member, "fault.all", fault("activate"));
    expect(await logsOf(id)).toMatchObject([{ level: "error" }]);
    expect(await stateOf("fault.all")).toBe("enabled");
    await report(owner, "fault.all", fault("render"));
    await report(owner, "fault.all", fault("activate", "0.9.0"));
    expect(await stateOf("fault.all")).toBe("enabled");
    await report(owner, "fault.all", fault("activate"));
    expect(await stateOf("fault.all")).toBe("error");
  });

  it("of a plugin of other projects is not heard of", async () => {
    await withViews(plain("fault.app"), { scope: { projects: ["app"] } });
    const member = await organization.join("member", { web: "manager" });
    expect(await codeOf(report(member, "fault.app", fault("activate")))).toBe("plugin_not_installed");
  });
});
