import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Api } from "./support/api.ts";
import { makePackage } from "./support/packages.ts";
import { ADMIN, startServer, type TestServer, temporaryFolder } from "./support/server.ts";

const ID = "acme.counter";
const PLUGIN = `/api/orgs/default/plugins/${ID}`;

const code = (version: string, extra = "") => `
  export default {
    tools: {
      version: { description: "Tells its version.", run: () => ${JSON.stringify(version)} },
      count: { description: "Counts.", async run(_input, { api }) {
        const n = Number((await api.storage.get("n")) ?? 0) + 1;
        await api.storage.set("n", n);
        return n;
      } },
      settings: { description: "Tells its settings.", run: (_input, { settings, log }) => { log.info("asked for settings"); return settings; } },
      numbers: { description: "Streams.", async *run() { for (let n = 0; n < 5; n += 1) yield n; } },
      fail: { description: "Fails.", run() { throw new Error("as the plugin says"); } },
    },
    ${extra}
  };`;

const TOOLS = ["version", "count", "settings", "numbers", "fail"];
const SETTINGS = {
  type: "object",
  properties: {
    units: { type: "string", enum: ["metric", "imperial"], default: "metric" },
    key: { type: "string", format: "secret", hosts: ["api.example.com"] },
  },
};
const permissions = {
  required: [{ name: "storage.scoped", reason: "Counts." }],
  optional: [{ name: "net.fetch", hosts: ["api.example.com"] }],
};
const packageOf = (version: string, over: Record<string, unknown> = {}, extra = "") =>
  makePackage({
    id: ID,
    version,
    code: code(version, extra),
    tools: TOOLS,
    manifest: { permissions, settings: SETTINGS, ...over },
  });

describe("the journey of a plugin", () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let server: TestServer;
  let api: Api;
  const call = async (tool: string, input: unknown = {}) =>
    await api.post(`/api/orgs/default/tools/${ID}/${tool}`, { input });

  beforeAll(async () => {
    folder = await temporaryFolder();
    server = await startServer({ dataDir: folder.path });
    api = new Api(server.url);
  });
  afterAll(async () => {
    await server?.stop();
    await folder?.remove();
  });

  it("begins with an upload, which a second one of the same bytes repeats", async () => {
    const zip = await packageOf("1.0.0");
    const first = await api.upload("/api/orgs/default/uploads", zip);
    expect(first).toMatchObject({
      status: 201,
      body: { plugin: ID, version: "1.0.0", source: "upload", badge: "private" },
    });
    expect((await api.upload("/api/orgs/default/uploads", zip)).status).toBe(200);
    const other = await packageOf("1.0.0", { description: "Other bytes." });
    expect(await api.upload("/api/orgs/default/uploads", other)).toMatchObject({
      status: 409,
      body: { code: "version_exists" },
    });
    const catalog = await api.get("/api/orgs/default/catalog?q=counter");
    expect(catalog.body.items).toMatchObject([{ plugin: ID, latest: "1.0.0", installed: null }]);
  });

  it("cannot be installed without what it requires", async () => {
    const refused = await api.post("/api/orgs/default/plugins", { plugin: ID });
    expect(refused).toMatchObject({
      status: 422,
      body: { code: "grants_required", missing: [{ name: "storage.scoped" }] },
    });
    expect((await api.get(PLUGIN)).status).toBe(404);
  });

  it("is installed disabled, and answers once it is enabled", async () => {
    const installed = await api.post("/api/orgs/default/plugins", {
      plugin: ID,
      grants: ["storage.scoped"],
      settings: { units: "imperial", key: "s3cret" },
    });
    expect(installed).toMatchObject({ status: 201, body: { state: "disabled", version: "1.0.0" } });
    expect(await call("version")).toMatchObject({ status: 409, body: { code: "plugin_disabled" } });
    expect(await api.post(`${PLUGIN}/enable`)).toMatchObject({ status: 200, body: { state: "enabled" } });
    expect(await call("version")).toMatchObject({ status: 200, body: { output: "1.0.0" } });
    expect((await call("count")).body.output).toBe(1);
    expect((await call("count")).body.output).toBe(2);
  });

  it("streams to whoever asks for events, and gathers for whoever does not", async () => {
    const streamed = await api.post(
      `/api/orgs/default/tools/${ID}/numbers`,
      {},
      { accept: "text/event-stream" },
    );
    expect(streamed.headers.get("content-type")).toContain("text/event-stream");
    expect(streamed.body.match(/event: output/g)).toHaveLength(5);
    expect(streamed.body).toContain("event: done");
    expect((await call("numbers")).body.output).toEqual([0, 1, 2, 3, 4]);
  });

  it("tells what the plugin threw, and what does not exist", async () => {
    expect(await call("fail")).toMatchObject({ status: 502, body: { code: "plugin_error" } });
    expect((await call("fail")).body.detail).toContain("as the plugin says");
    expect(await call("nothing")).toMatchObject({ status: 404, body: { code: "tool_not_found" } });
  });

  it("shows settings with their origin, never a secret, and gives the plugin a placeholder", async () => {
    const { body } = await api.get(`${PLUGIN}/settings`);
    expect(body).toEqual({
      values: { units: "imperial" },
      origins: { "/units": "organization" },
      secrets: { "/key": { set: true, origin: "organization" } },
    });
    const seen = (await call("settings")).body.output;
    expect(seen).toMatchObject({ units: "imperial", key: expect.stringMatching(/^pbs_[0-9a-f]{40}$/) });
    expect(JSON.stringify(seen)).not.toContain("s3cret");
  });

  it("takes changed settings from the next call on, by project too", async () => {
    await api.post("/api/orgs/default/projects", { slug: "north", name: "North" });
    expect(
      (await api.put(`${PLUGIN}/settings?project=north`, { units: "metric" })).body.origins["/units"],
    ).toBe("project");
    const inProject = await api.post(`/api/orgs/default/tools/${ID}/settings`, { project: "north" });
    expect(inProject.body.output.units).toBe("metric");
    expect((await call("settings")).body.output.units).toBe("imperial");
    const wrong = await api.put(`${PLUGIN}/settings`, { units: "kelvin", extra: 1 });
    expect(wrong).toMatchObject({ status: 422, body: { code: "settings_invalid" } });
    expect(wrong.body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(
      expect.arrayContaining(["/units", "/extra"]),
    );
    expect((await api.delete(`${PLUGIN}/settings`)).body.values).toEqual({ units: "metric" });
  });

  it("can be kept to projects", async () => {
    expect((await api.put(`${PLUGIN}/scope`, { projects: ["north"] })).status).toBe(200);
    expect(await call("version")).toMatchObject({ status: 422, body: { code: "project_required" } });
    expect(await api.post(`/api/orgs/default/tools/${ID}/version`, { project: "default" })).toMatchObject({
      status: 403,
      body: { code: "plugin_out_of_scope" },
    });
    expect((await api.post(`/api/orgs/default/tools/${ID}/version`, { project: "north" })).status).toBe(200);
    expect(await api.put(`${PLUGIN}/scope`, { projects: ["nowhere"] })).toMatchObject({
      status: 404,
      body: { code: "project_not_found" },
    });
    await api.put(`${PLUGIN}/scope`, { projects: "all" });
  });

  it("is updated with settings and data, and back", async () => {
    await api.put(`${PLUGIN}/settings`, { units: "imperial" });
    await api.upload("/api/orgs/default/uploads", await packageOf("1.1.0"));
    expect((await api.get(PLUGIN)).body.update).toEqual({ version: "1.1.0", missing: [] });
    expect(await api.post(`${PLUGIN}/update`, {})).toMatchObject({
      status: 200,
      body: { version: "1.1.0", previousVersion: "1.0.0", state: "enabled" },
    });
    expect((await call("version")).body.output).toBe("1.1.0");
    expect((await call("count")).body.output).toBe(3);
    expect(await api.post(`${PLUGIN}/rollback`)).toMatchObject({ status: 200, body: { version: "1.0.0" } });
    expect((await call("version")).body.output).toBe("1.0.0");
    expect((await call("count")).body.output).toBe(4);
    expect((await call("settings")).body.output.units).toBe("imperial");
  });

  it("goes on with the old version when the new one does not start", async () => {
    await api.upload(
      "/api/orgs/default/uploads",
      await packageOf("1.2.0", {}, 'onActivate() { throw new Error("cannot start"); },'),
    );
    const failed = await api.post(`${PLUGIN}/update`, { version: "1.2.0" });
    expect(failed).toMatchObject({ status: 502, body: { code: "activation_failed" } });
    expect((await api.get(PLUGIN)).body).toMatchObject({
      version: "1.0.0",
      state: "enabled",
      lastError: { code: "activation_failed" },
    });
    expect((await call("version")).body.output).toBe("1.0.0");
  });

  it("waits for an administrator when the new version wants more", async () => {
    const more = {
      permissions: {
        required: [{ name: "storage.scoped" }, { name: "net.fetch", hosts: ["api.example.com"] }],
      },
    };
    await api.upload("/api/orgs/default/uploads", await packageOf("2.0.0", more));
    const refused = await api.post(`${PLUGIN}/update`, {});
    expect(refused).toMatchObject({
      status: 409,
      body: { code: "grants_required", missing: [{ name: "net.fetch" }] },
    });
    expect((await call("version")).body.output).toBe("1.0.0");
    expect((await api.post(`${PLUGIN}/update`, { grants: ["net.fetch"] })).body).toMatchObject({
      version: "2.0.0",
      state: "enabled",
    });
  });

  it("keeps logs, metrics, instances and a history", async () => {
    await expect
      .poll(async () => (await api.get(`${PLUGIN}/logs?q=asked`)).body.items.length)
      .toBeGreaterThan(0);
    const minutes = (await api.get(`${PLUGIN}/metrics`)).body.items;
    expect(minutes.reduce((sum: number, one: { calls: number }) => sum + one.calls, 0)).toBeGreaterThan(10);
    expect((await api.get(`${PLUGIN}/instances`)).body.items).toMatchObject([
      { version: "2.0.0", state: "running" },
    ]);
    const actions = (await api.get(`${PLUGIN}/history`)).body.items.map(
      ({ action }: { action: string }) => action,
    );
    expect(actions).toEqual(
      expect.arrayContaining([
        "plugin.installed",
        "plugin.enabled",
        "plugin.updated",
        "plugin.rolled_back",
        "plugin.update_failed",
        "settings.changed",
        "scope.changed",
      ]),
    );
  });

  it("keeps its settings while it is disabled, and loses them when it is uninstalled", async () => {
    expect((await api.post(`${PLUGIN}/disable`)).body.state).toBe("disabled");
    expect((await api.get(`${PLUGIN}/settings`)).body.values.units).toBe("imperial");
    await api.post(`${PLUGIN}/enable`);
    expect(await api.delete(PLUGIN)).toMatchObject({ status: 409, body: { code: "plugin_enabled" } });
    expect((await api.delete(`${PLUGIN}?disable=true`)).status).toBe(204);
    expect((await api.get(PLUGIN)).status).toBe(404);
    await api.post("/api/orgs/default/plugins", { plugin: ID, version: "1.0.0", grants: ["storage.scoped"] });
    await api.post(`${PLUGIN}/enable`);
    expect((await call("count")).body.output).toBe(1);
    expect((await api.get(`${PLUGIN}/settings`)).body.values.units).toBe("metric");
  });

  it("repeats an answer for the same Idempotency-Key, and refuses the key for another request", async () => {
    const headers = { "idempotency-key": "count-once" };
    const first = await api.post(`/api/orgs/default/tools/${ID}/count`, {}, headers);
    const again = await api.post(`/api/orgs/default/tools/${ID}/count`, {}, headers);
    expect(again.body).toEqual(first.body);
    expect(again.headers.get("idempotent-replayed")).toBe("true");
    const other = await api.post(`/api/orgs/default/tools/${ID}/version`, {}, headers);
    expect(other).toMatchObject({ status: 422, body: { code: "idempotency_conflict" } });
  });

  it("lets people sign in by cookie, from the console's own pages only", async () => {
    const anonymous = api.as(null);
    expect((await anonymous.get("/api/me")).status).toBe(401);
    const signedIn = await anonymous.post("/api/auth/sign-in", ADMIN);
    const cookie = signedIn.headers.get("set-cookie")?.split(";")[0] ?? "";
    expect(signedIn.headers.get("set-cookie")).toMatch(/HttpOnly; SameSite=Strict/);
    expect((await anonymous.get("/api/me", { cookie })).body.user.email).toBe(ADMIN.email);
    expect(
      await anonymous.post(`${PLUGIN}/disable`, undefined, { cookie, origin: "https://evil.example" }),
    ).toMatchObject({ status: 403, body: { code: "cross_origin" } });
    expect((await anonymous.post("/api/auth/sign-out", undefined, { cookie })).status).toBe(204);
    await expect.poll(async () => (await anonymous.get("/api/me", { cookie })).status).toBe(401);
  });
});
