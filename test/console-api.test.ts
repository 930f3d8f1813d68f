import type { AuditFilter } from "@patchbay/api-client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startOrganization, type TestOrganization } from "./support/organization.ts";
import { makePackage } from "./support/packages.ts";

let organization: TestOrganization | undefined;
let owner: TestOrganization["owner"];
let client: TestOrganization["client"];
let manager: TestOrganization["manager"];
let stranger: TestOrganization["stranger"];
let upload: TestOrganization["upload"];
let install: TestOrganization["install"];

beforeAll(async () => {
  organization = await startOrganization();
  ({ owner, client, manager, stranger, upload, install } = organization);
});
afterAll(() => organization?.stop());

/** A tool that always fails. */
const BROKEN =
  'export default { tools: { fail: { description: "f", run: () => { throw new Error("no"); } } } };';

describe("what came in a package", () => {
  const icon = '<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0h8v8z"/></svg>';
  const at = "/api/orgs/default/catalog/acme.papers/versions/1.0.0";

  it("can be read and looked at: README, CHANGELOG and icon", async () => {
    await upload({
      id: "acme.papers",
      code: "export default {};",
      manifest: { icon: "assets/icon.svg" },
      files: {
        "README.md": "# Papers\n\nGrüße",
        "CHANGELOG.md": "y".repeat(80).concat("\n").repeat(9_000),
        "assets/icon.svg": icon,
      },
    });
    const version = await client.catalog.version("acme.papers", "1.0.0");
    expect(version).toMatchObject({ hasReadme: true, hasChangelog: true });
    expect(await client.catalog.readme("acme.papers", "1.0.0")).toBe("# Papers\n\nGrüße");
    const changelog = await client.catalog.changelog("acme.papers", "1.0.0");
    expect(changelog?.length).toBeGreaterThan(500 * 1024);
    expect(changelog?.length).toBeLessThanOrEqual(512 * 1024);
    expect(changelog?.endsWith("y\n")).toBe(true);
    await client.plugins.install({ plugin: "acme.papers" });
    const address = (await client.plugins.get("acme.papers")).icon ?? "";
    expect(version.icon).toBe(address);
    expect((await client.catalog.search({ q: "acme.papers" })).items[0]?.icon).toBe(address);
    const answer = await owner.get(address);
    expect(answer.body).toBe(icon);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      "content-type": "image/svg+xml",
      "x-content-type-options": "nosniff",
      "cache-control": "private, max-age=31536000, immutable",
      "content-security-policy": expect.stringMatching(/default-src 'none'.*sandbox/),
    });
    const etag = answer.headers.get("etag") ?? "";
    expect((await owner.get(address, { "if-none-match": etag })).status).toBe(304);
    expect((await owner.get(`${at}/icon`)).headers.get("cache-control")).toBe("private, no-cache");
    expect((await owner.get(`${at}/readme`)).headers.get("content-type")).toBe(
      "text/markdown; charset=utf-8",
    );
  });

  it("is not found where there is none, and by nobody else", async () => {
    await upload({ id: "acme.bare", code: "export default {};" });
    const bare = "/api/orgs/default/catalog/acme.bare/versions/1.0.0";
    for (const part of ["readme", "changelog", "icon"]) {
      expect(await owner.get(`${bare}/${part}`)).toMatchObject({ status: 404, body: { code: "not_found" } });
      expect((await stranger.get(`${at}/${part}`)).body.code).toBe("organization_not_found");
      expect((await stranger.get(`${at.replace("default", "other")}/${part}`)).status).toBe(404);
    }
    expect(await client.catalog.readme("acme.bare", "1.0.0")).toBeNull();
    expect((await owner.get(`${at}/icon?digest=x`)).status).toBe(400);
  });

  it("is refused when its icon could do more than be looked at", async () => {
    const files = { "icon.svg": icon.replace("<path", "<script>alert(1)</script><path") };
    const source = { id: "acme.evil", code: "export default {};", manifest: { icon: "icon.svg" }, files };
    const answer = await owner.upload("/api/orgs/default/uploads", await makePackage(source));
    expect(answer).toMatchObject({ status: 422, body: { code: "icon_invalid" } });
  });
});

describe("the metrics of a plugin", () => {
  it("say what it really used: processor time and memory, beside calls, errors and durations", async () => {
    const code = `
      const held = [];
      export default { tools: {
        burn: { description: "b", run: ({ ms }) => { const end = Date.now() + ms; while (Date.now() < end); return 1; } },
        hold: { description: "h", run: ({ mib }) => { held.push(new Uint8Array(mib * 1024 * 1024).fill(7)); return 1; } },
        fail: { description: "f", run: () => { throw new Error("no"); } },
      } };`;
    await install({ id: "acme.busy", code, tools: ["burn", "hold", "fail"] });
    await owner.post("/api/orgs/default/plugins/acme.busy/enable");
    const readings = async () => (await client.plugins.metrics("acme.busy")).total;
    await expect.poll(async () => (await readings()).residentBytes).toBeGreaterThan(1_000_000);
    const idle = await readings();
    expect(idle).toMatchObject({ calls: 0, errors: 0, p50Ms: 0 });
    await client.tools.call("acme.busy", "burn", { input: { ms: 900 } });
    await client.tools.call("acme.busy", "hold", { input: { mib: 48 } });
    await owner.post("/api/orgs/default/tools/acme.busy/fail", {});
    await expect
      .poll(async () => (await readings()).residentBytes)
      .toBeGreaterThan(idle.residentBytes + 40 * 1024 * 1024);
    const { items, total } = await client.plugins.metrics("acme.busy");
    expect(total).toMatchObject({ calls: 3, errors: 1 });
    expect(total.cpuMs - idle.cpuMs).toBeGreaterThan(300);
    expect(total.p95Ms).toBeGreaterThan(850);
    expect(items.reduce((sum, { calls }) => sum + calls, 0)).toBe(3);
    expect(items.reduce((sum, { cpuMs }) => sum + cpuMs, 0)).toBe(total.cpuMs);
    expect((await stranger.get("/api/orgs/other/plugins/acme.busy/metrics")).status).toBe(404);
  });
});

describe("what uninstalling would remove", () => {
  it("is told in numbers, with the plugins that need it", async () => {
    const code = `export default { tools: { put: { description: "p", run: async ({ key }, { api, log }) => {
      log.info("one line"); await api.storage.set(key, "x".repeat(100)); await api.storage.files.write("f-" + key, "abc"); } } } };`;
    const settings = {
      type: "object",
      properties: {
        units: { type: "string" },
        place: { type: "object", properties: { city: { type: "string" } } },
        key: { type: "string", format: "secret", hosts: ["a.example"] },
      },
    };
    const permissions = { required: ["storage.scoped"] };
    await install({ id: "acme.hoard", code, tools: ["put"], manifest: { settings, permissions } }, [
      "storage.scoped",
    ]);
    const bare = {
      values: 0,
      files: 0,
      conversations: 0,
      memories: 0,
      bytes: 0,
      settings: 0,
      overrides: 0,
      secrets: 0,
      logLines: 0,
      notifications: 0,
      endpoints: 0,
    };
    expect(await client.plugins.data("acme.hoard")).toEqual({ ...bare, grants: 1, usedBy: [] });
    await owner.post("/api/orgs/default/plugins/acme.hoard/enable");
    for (const key of ["a", "b"]) await client.tools.call("acme.hoard", "put", { input: { key } });
    await client.plugins.putSettings("acme.hoard", { units: "m", place: { city: "Ulm" }, key: "s3cret" });
    await client.plugins.putSettings("acme.hoard", { units: "km", key: "other" }, "web");
    await install({
      id: "acme.user",
      code: "export default {};",
      manifest: { dependencies: { "acme.hoard": "^1.0.0" } },
    });
    await expect.poll(async () => (await client.plugins.data("acme.hoard")).logLines).toBe(2);
    expect(await client.plugins.data("acme.hoard")).toEqual({
      values: 2,
      files: 2,
      conversations: 0,
      memories: 0,
      bytes: expect.any(Number),
      settings: 2,
      overrides: 1,
      secrets: 2,
      grants: 1,
      logLines: 2,
      notifications: 0,
      endpoints: 0,
      usedBy: ["acme.user"],
    });
    expect((await client.plugins.data("acme.hoard")).bytes).toBeGreaterThan(200);
    expect((await stranger.get("/api/orgs/other/plugins/acme.hoard/data")).status).toBe(404);
  });
});

describe("the audit log", () => {
  const actions = async (filter: AuditFilter) =>
    (await client.activity.audit(filter)).items.map(({ action, plugin }) => `${action} ${plugin ?? ""}`);

  it("is searched by actor, plugin, action, time and words, page by page", async () => {
    const before = new Date().toISOString();
    await install({ id: "acme.audited", code: "export default {};" });
    await owner.post("/api/orgs/default/plugins/acme.audited/enable");
    await client.organizations.createProject({ slug: "by-mia", name: "M" });
    expect(await actions({ plugin: "acme.audited" })).toEqual([
      ...["plugin.enabled acme.audited", "plugin.installed acme.audited", "package.added acme.audited"],
    ]);
    expect(await actions({ plugin: "acme.audited", action: "plugin.enabled" })).toHaveLength(1);
    expect(await actions({ q: "INSTALLED acme.aud" })).toEqual(["plugin.installed acme.audited"]);
    expect(await actions({ q: "by-mia" })).toEqual(["project.created "]);
    expect((await actions({ from: before })).length).toBe(4);
    expect(await actions({ from: before, until: before })).toEqual([]);
    const { actor } = (await client.activity.audit({ q: "audited", limit: 1 })).items[0] ?? {};
    expect(actor).toMatchObject({ kind: "api_key", id: expect.any(String) });
    expect(await actions({ actor: actor?.id ?? "", from: before })).toHaveLength(4);
    expect(await actions({ actor: "nobody" })).toEqual([]);
    const first = await client.activity.audit({ plugin: "acme.audited", limit: 2 });
    expect(await actions({ plugin: "acme.audited", limit: 2, cursor: first.cursor ?? "" })).toEqual([
      "package.added acme.audited",
    ]);
  });

  it("refuses what is no filter, and those who may not read it", async () => {
    for (const query of ["from=yesterday", "until=7", "who=me", `q=${"x".repeat(201)}`])
      expect((await owner.get(`/api/orgs/default/audit?${query}`)).status, query).toBe(400);
    expect((await manager.get("/api/orgs/default/audit?q=x")).status).toBe(403);
    expect((await stranger.get("/api/orgs/other/audit?plugin=acme.audited")).body.items).toEqual([]);
  });
});

describe("installed plugins", () => {
  it("come with all that a card shows", async () => {
    const noise = {
      category: "data",
      keywords: ["noise"],
      author: { name: "Ada", url: "https://ada.example" },
    };
    const settings = { type: "object", properties: { units: { type: "string", title: "Units" } } };
    await install({ id: "acme.card", code: BROKEN, tools: ["fail"], manifest: { ...noise, settings } });
    await owner.post("/api/orgs/default/plugins/acme.card/enable");
    await owner.post("/api/orgs/default/tools/acme.card/fail", {});
    await upload({ id: "acme.card", code: BROKEN, tools: ["fail"], version: "1.2.0", manifest: noise });
    const card = (await client.plugins.list()).find(({ plugin }) => plugin === "acme.card");
    expect(card).toMatchObject({
      ...noise,
      hasSettings: true,
      hasUi: false,
      version: "1.0.0",
      badge: "private",
      update: { version: "1.2.0", missing: [] },
      health: { state: "degraded", calls: 1, errors: 1 },
    });
    expect(card).toEqual(await client.plugins.get("acme.card"));
    expect((await client.tools.list()).map(({ tool }) => tool)).toContain("fail");
    expect((await stranger.get("/api/orgs/default/plugins")).status).toBe(404);
  });
});
