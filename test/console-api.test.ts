import { type AuditFilter, type GrantInput, PatchbayClient } from "@patchbay/api-client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Api } from "./support/api.ts";
import { makePackage, type PluginSource } from "./support/packages.ts";
import { Person, signedUp } from "./support/people.ts";
import { BOOTSTRAP_KEY, startServer, type TestServer, temporaryFolder } from "./support/server.ts";

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let server: TestServer;
let owner: Api;
let client: PatchbayClient;
/** Manages the project `web` and belongs to no other. */
let manager: Person;
/** Owns the organization `other` and belongs to no other. */
let stranger: Person;

beforeAll(async () => {
  folder = await temporaryFolder();
  server = await startServer({ dataDir: folder.path });
  owner = new Api(server.url);
  client = new PatchbayClient({ url: server.url, apiKey: BOOTSTRAP_KEY });
  await client.organizations.createProject({ slug: "web", name: "Web" });
  manager = await signedUp(server.url, "mia@example.org", { organization: "default", role: "member" });
  await client.organizations.setProjectMember("web", { email: manager.email, role: "manager" });
  stranger = await signedUp(server.url, "eve@example.org", { organization: "other", role: "owner" });
});
afterAll(async () => {
  await server?.stop();
  await folder?.remove();
});

/** A tool that always fails. */
const BROKEN =
  'export default { tools: { fail: { description: "f", run: () => { throw new Error("no"); } } } };';

const upload = async (source: PluginSource) => {
  const answer = await owner.upload("/api/orgs/default/uploads", await makePackage(source));
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
};
const install = async (source: PluginSource, grants: readonly GrantInput[] = []) => {
  await upload(source);
  await client.plugins.install({ plugin: source.id, grants });
};

describe("who I am", () => {
  it("lists every organization with role, projects, and each right with its reach", async () => {
    const { organizations, deployment } = (await manager.get("/api/me")).body;
    expect(organizations).toEqual([
      {
        slug: "default",
        name: "Default",
        role: "member",
        projects: { web: "manager" },
        rights: [
          { right: "org.plugins.read", reach: "organization" },
          { right: "org.plugins.write", reach: ["web"] },
          { right: "org.plugins.configure", reach: ["web"] },
          { right: "org.plugins.use", reach: "organization" },
        ],
      },
    ]);
    expect(deployment).toEqual({ version: expect.stringMatching(/^\d+\.\d+\.\d+/), administrator: false });
    const me = await client.auth.me();
    expect(me).toMatchObject({ hasPassword: true, deployment: { administrator: true } });
    expect(me.organizations[0]?.rights).toHaveLength(7);
    expect(me.organizations.map(({ slug }) => slug)).toEqual(["default"]);
    expect(JSON.stringify(me)).not.toContain("passwordHash");
  });
});

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
    const idle = (await client.plugins.metrics("acme.busy")).total;
    expect(idle).toMatchObject({ calls: 0, errors: 0, p50Ms: 0 });
    expect(idle.residentBytes).toBeGreaterThan(1_000_000);
    await client.tools.call("acme.busy", "burn", { input: { ms: 900 } });
    await client.tools.call("acme.busy", "hold", { input: { mib: 48 } });
    await owner.post("/api/orgs/default/tools/acme.busy/fail", {});
    await expect
      .poll(async () => (await client.plugins.metrics("acme.busy")).total.residentBytes)
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

describe("changing the password", () => {
  it("asks for the old one, and ends every other session", async () => {
    const person = await signedUp(server.url, "pat@example.org", { organization: "default", role: "viewer" });
    const elsewhere = new Person(server.url, person.email, person.password);
    await elsewhere.signIn();
    const key = await person.post("/api/api-keys", {
      ...{ organization: "default", name: "k", rights: ["org.plugins.read"] },
    });
    const change = (current: string, password: string) =>
      person.post("/api/me/password", { current, password });
    expect((await change("guessed", "a new password")).body).toMatchObject({
      ...{ code: "bad_credentials", errors: [{ pointer: "/current" }] },
    });
    expect((await change(person.password, "short")).body.code).toBe("invalid_request");
    for (const body of [{}, { current: person.password }, { current: 7, password: 8 }])
      expect((await person.post("/api/me/password", body)).status).toBe(400);
    expect((await elsewhere.get("/api/me")).status).toBe(200);
    expect((await change(person.password, "a new password")).status).toBe(204);
    expect((await person.get("/api/me")).status).toBe(200);
    await expect.poll(async () => (await elsewhere.get("/api/me")).status).toBe(401);
    expect((await elsewhere.signIn()).body.code).toBe("bad_credentials");
    expect((await elsewhere.signIn("a new password")).status).toBe(200);
    const byKey = owner.as(key.body.token);
    expect((await byKey.get("/api/orgs/default/plugins")).status).toBe(200);
    const refused = await byKey.post("/api/me/password", {
      current: "a new password",
      password: "of a thief",
    });
    expect(refused.body.code).toBe("forbidden");
  });

  it("cannot be used to guess, nor from another site", async () => {
    const person = await signedUp(server.url, "gus@example.org", { organization: "default", role: "viewer" });
    const change = { current: "guessed", password: "a new password" };
    const foreign = { ...person.headers, origin: "https://evil.example" };
    expect((await owner.as(null).post("/api/me/password", change, foreign)).body.code).toBe("cross_origin");
    const codes: string[] = [];
    for (let attempt = 0; attempt < 12; attempt += 1)
      codes.push((await person.post("/api/me/password", change)).body.code);
    expect(codes.slice(0, 9)).toEqual(Array(9).fill("bad_credentials"));
    expect(codes.at(-1)).toBe("rate_limited");
  });
});

describe("organizations and projects", () => {
  it("get other names, while their addresses stay", async () => {
    expect(await client.organizations.rename("Acme, Inc.")).toMatchObject({
      slug: "default",
      name: "Acme, Inc.",
    });
    await expect.poll(async () => (await client.auth.me()).organizations[0]?.name).toBe("Acme, Inc.");
    expect(await client.organizations.renameProject("web", "The web")).toMatchObject({
      slug: "web",
      name: "The web",
    });
    for (const [path, code] of [
      ["/api/orgs/default", "forbidden"],
      ["/api/orgs/default/projects/web", "forbidden"],
    ]) {
      expect((await manager.call("PUT", path ?? "", { name: "Mine" })).body.code).toBe(code);
      for (const body of [{}, { name: "" }, { name: 7 }, { name: "x", slug: "y" }])
        expect((await owner.put(path ?? "", body)).status).toBe(400);
    }
    expect((await owner.put("/api/orgs/default/projects/none", { name: "x" })).status).toBe(404);
    await client.organizations.rename("Default");
  });

  it("go with all that is about them, and not while a plugin would apply nowhere", async () => {
    const settings = { type: "object", properties: { units: { type: "string", default: "m" } } };
    await client.organizations.createProject({ slug: "doomed", name: "Doomed" });
    await client.organizations.setProjectMember("doomed", { email: manager.email, role: "manager" });
    await upload({ id: "acme.scoped", code: "export default {};", manifest: { settings } });
    await client.plugins.install({ plugin: "acme.scoped", scope: { projects: ["doomed"] } });
    await client.plugins.putSettings("acme.scoped", { units: "km" }, "doomed");
    expect(await owner.delete("/api/orgs/default/projects/doomed")).toMatchObject({
      ...{ status: 409, body: { code: "project_in_use", plugins: ["acme.scoped"] } },
    });
    expect((await client.plugins.settings("acme.scoped", "doomed")).values).toEqual({ units: "km" });
    await client.plugins.putScope("acme.scoped", { projects: ["doomed", "web"] });
    expect((await manager.call("DELETE", "/api/orgs/default/projects/doomed")).body.code).toBe("forbidden");
    expect((await stranger.call("DELETE", "/api/orgs/default/projects/doomed")).status).toBe(404);
    await client.organizations.deleteProject("doomed");
    expect((await client.plugins.get("acme.scoped")).scope).toEqual({ projects: ["web"] });
    expect((await client.plugins.data("acme.scoped")).overrides).toBe(0);
    expect((await manager.get("/api/me")).body.organizations[0].projects).toEqual({ web: "manager" });
    expect(
      (await owner.put("/api/orgs/default/plugins/acme.scoped/scope", { projects: ["doomed"] })).status,
    ).toBe(404);
    expect((await owner.delete("/api/orgs/default/projects/doomed")).body.code).toBe("project_not_found");
    await client.organizations.createProject({ slug: "doomed", name: "Again" });
    expect((await client.plugins.settings("acme.scoped", "doomed")).values).toEqual({ units: "m" });
    const [deleted] = (await client.activity.audit({ action: "project.deleted" })).items;
    expect(deleted?.detail).toEqual({ project: "doomed", plugins: ["acme.scoped"], overrides: 1 });
  });

  it("are never left in a scope or a setting that is changed at the same moment", async () => {
    await install({
      id: "acme.raced",
      code: "export default {};",
      manifest: { settings: { type: "object", properties: { a: { type: "string" } } } },
    });
    for (let round = 0; round < 8; round += 1) {
      const project = `race-${round}`;
      await client.organizations.createProject({ slug: project, name: project });
      const answers = await Promise.all([
        owner.put(`/api/orgs/default/plugins/acme.raced/settings?project=${project}`, { a: "x" }),
        owner.delete(`/api/orgs/default/projects/${project}`),
        owner.put("/api/orgs/default/plugins/acme.raced/scope", { projects: [project, "web"] }),
      ]);
      for (const { status, body } of answers)
        expect([200, 204, 404, 409], JSON.stringify(body)).toContain(status);
      if (answers[1]?.status !== 204) await client.organizations.deleteProject(project);
      expect((await client.plugins.data("acme.raced")).overrides).toBe(0);
      const { projects } = (await client.plugins.get("acme.raced")).scope;
      expect(projects === "all" || !projects.includes(project)).toBe(true);
    }
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
      bytes: 0,
      settings: 0,
      overrides: 0,
      secrets: 0,
      logLines: 0,
      notifications: 0,
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
      ...{ values: 2, files: 2, bytes: expect.any(Number), settings: 2, overrides: 1, secrets: 2 },
      ...{ grants: 1, logLines: 2, notifications: 0, usedBy: ["acme.user"] },
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

describe("notifications", () => {
  const code = `export default { tools: {
    note: { description: "n", run: (input, { api }) => api.ui.showNotification(input).then(() => "told") } } };`;
  const note = (input: unknown, project?: string) =>
    owner.post("/api/orgs/default/tools/acme.notes/note", { input, ...(project && { project }) });

  it("of plugins reach everyone who sees what they are about, once they are granted", async () => {
    const manifest = { permissions: { optional: ["ui.notifications"] } };
    await install({ id: "acme.notes", code, tools: ["note"], manifest });
    await owner.post("/api/orgs/default/plugins/acme.notes/enable");
    expect((await note({ title: "Too soon" })).body.code).toBe("permission_denied");
    await client.plugins.putGrants("acme.notes", ["ui.notifications"]);
    await client.organizations.createProject({ slug: "closed", name: "Closed" });
    expect((await note({ title: "Hello <b>", message: "you", level: "success" })).body).toEqual({
      output: "told",
    });
    expect((await note({ title: "Of web" }, "web")).status).toBe(200);
    expect((await note({ title: "Of closed" }, "closed")).status).toBe(200);
    const mine = await client.notifications.list();
    expect(mine.items.map(({ title }) => title)).toEqual(["Of closed", "Of web", "Hello <b>"]);
    expect(mine.items[2]).toEqual({
      ...{ id: expect.stringMatching(/^\d+$/), plugin: "acme.notes", level: "success", title: "Hello <b>" },
      ...{ message: "you", createdAt: expect.any(String), read: false },
    });
    const theirs = (await manager.get("/api/orgs/default/notifications")).body;
    expect(theirs.items.map(({ title }: { title: string }) => title)).toEqual(["Of web", "Hello <b>"]);
    expect(theirs.unread).toBe(2);
    expect((await stranger.get("/api/orgs/other/notifications")).body).toEqual({ items: [], unread: 0 });
    expect((await stranger.get("/api/orgs/default/notifications")).status).toBe(404);
  });

  it("are read by each for themselves", async () => {
    const [newest, second] = (await client.notifications.list({ limit: 2 })).items;
    expect(await client.notifications.markRead({ ids: [newest?.id ?? ""] })).toEqual({ unread: 2 });
    expect((await client.notifications.list({ unread: true })).items).toHaveLength(2);
    expect(await client.notifications.markRead({ until: second?.id ?? "" })).toEqual({ unread: 0 });
    expect((await manager.get("/api/orgs/default/notifications")).body.unread).toBe(2);
    for (const body of [{}, { ids: [] }, { ids: ["x"] }, { until: 7 }, { ids: ["1"], until: "1" }])
      expect((await owner.post("/api/orgs/default/notifications/read", body)).status).toBe(400);
  });

  it("are short, and few", async () => {
    for (const input of [{}, { title: "" }, { title: "x".repeat(121) }, { title: "x", level: "loud" }])
      expect((await note(input)).body).toMatchObject({
        status: 422,
        detail: expect.stringContaining("showNotification"),
      });
    const answers = await Promise.all(Array.from({ length: 12 }, (_, index) => note({ title: `${index}` })));
    expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(10);
    expect(answers.map(({ body }) => body.code)).toContain("quota_exceeded");
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
