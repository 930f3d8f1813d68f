import { PatchbayClient } from "@patchbay/api-client";
import type { AutoUpdateBody, OsvDto } from "@patchbay/protocol";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Api } from "./support/api.ts";
import type { PluginSource } from "./support/packages.ts";
import { signedUp } from "./support/people.ts";
import { startRegistry, type TestRegistry } from "./support/registry.ts";
import { BOOTSTRAP_KEY, startServer, type TestServer, temporaryFolder } from "./support/server.ts";

let registry: TestRegistry;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let server: TestServer;
let owner: Api;
let client: PatchbayClient;

const RULES = "/api/orgs/default/auto-update";
const say = (version: string, code = `run: () => "${version}"`) =>
  `export default { tools: { say: { description: "The tool say.", ${code} } } };`;
const plugin = (id: string, version: string, more: Partial<PluginSource> = {}): PluginSource => ({
  id,
  version,
  tools: ["say"],
  code: say(version),
  ...more,
});
const advisory = (id: string, name: string, introduced: string, fixed: string): OsvDto => ({
  id,
  modified: new Date().toISOString(),
  summary: `Mended in ${fixed}.`,
  affected: [
    {
      package: { ecosystem: "Patchbay", name },
      ranges: [{ type: "SEMVER", events: [{ introduced }, { fixed }] }],
    },
  ],
});
/** No age: everything here was published a moment ago. */
const rules = async (body: AutoUpdateBody) => {
  const answer = await owner.put(RULES, { minimumAgeHours: 0, ...body });
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
};
const run = async () => {
  const answer = await owner.post(`${RULES}/run`);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body;
};
const versionOf = async (id: string) => (await client.plugins.get(id)).version;
const install = async (id: string, version: string, enabled = true) => {
  await client.plugins.install({ plugin: id, version, grants: [] });
  if (enabled) await client.plugins.step(id, "enable");
};

beforeAll(async () => {
  registry = await startRegistry();
  folder = await temporaryFolder();
  server = await startServer({
    dataDir: folder.path,
    environment: { PATCHBAY_MARKETPLACE_URL: registry.server.url },
  });
  owner = new Api(server.url);
  client = new PatchbayClient({ url: server.url, apiKey: BOOTSTRAP_KEY });
});
afterAll(async () => {
  await server?.stop();
  await registry?.stop();
  await folder?.remove();
});
beforeEach(async () => {
  await rules({});
});

describe("automatic updates", () => {
  it("are off until the organization decides otherwise", async () => {
    for (const version of ["1.0.0", "1.0.1", "1.1.0", "2.0.0"])
      await registry.publish(plugin("acme.off", version));
    await install("acme.off", "1.0.0");
    expect(await run()).toMatchObject({ strategy: "off", planned: [] });
    expect(await versionOf("acme.off")).toBe("1.0.0");
  });

  it("bring patches, everything, or what mends an advisory on the installed version", async () => {
    for (const version of ["1.0.0", "1.0.1", "1.1.0", "2.0.0"])
      await registry.publish(plugin("acme.weather", version));
    await install("acme.weather", "1.0.0");
    await rules({ strategy: "security", include: ["acme.weather"] });
    await run();
    expect(await versionOf("acme.weather")).toBe("1.0.0");
    await registry.client.registry.putAdvisory(advisory("PB-1", "acme.weather", "0", "1.1.0"));
    await run();
    expect(await versionOf("acme.weather")).toBe("1.1.0");
    expect(await client.tools.call("acme.weather", "say", {})).toBe("1.1.0");
    await rules({ strategy: "patch", include: ["acme.weather"] });
    await registry.publish(plugin("acme.weather", "1.1.7"));
    await run();
    expect(await versionOf("acme.weather")).toBe("1.1.7");
    await rules({ strategy: "all", include: ["acme.weather"], plugins: { "acme.weather": { pin: "1.x" } } });
    await run();
    expect(await versionOf("acme.weather")).toBe("1.1.7");
    const pinned = await owner.post("/api/orgs/default/plugins/acme.weather/update", { version: "2.0.0" });
    expect(pinned).toMatchObject({ status: 409, body: { code: "plugin_pinned", pin: "1.x" } });
    await rules({ strategy: "all", include: ["acme.weather"] });
    await run();
    expect(await versionOf("acme.weather")).toBe("2.0.0");
    const { items } = (await owner.get("/api/orgs/default/plugins/acme.weather/history")).body;
    expect(items[0]).toMatchObject({ action: "plugin.updated", actor: { kind: "system" } });
  });

  it("wait for a version's age, for the window, for permissions and for policy, and say so", async () => {
    await registry.publish(plugin("wait.one", "1.0.0"));
    await registry.publish(
      plugin("wait.one", "1.1.0", { manifest: { permissions: { required: ["storage.scoped"] } } }),
    );
    await install("wait.one", "1.0.0");
    const planned = async (body: AutoUpdateBody) => {
      await rules({ strategy: "all", include: ["wait.*"], ...body });
      const {
        planned: [next],
      } = await run();
      expect(await versionOf("wait.one")).toBe("1.0.0");
      return next;
    };
    expect(await planned({ minimumAgeHours: 24, plugins: {} })).toMatchObject({
      waitsFor: "permissions",
      version: "1.1.0",
    });
    await registry.publish(plugin("wait.one", "1.2.0"));
    expect(await planned({ minimumAgeHours: 24 })).toMatchObject({
      waitsFor: "age",
      from: expect.any(String),
    });
    const hour = (new Date().getUTCHours() + 2) % 24;
    const clock = (at: number) => `${String(at % 24).padStart(2, "0")}:00`;
    const window = {
      days: ["mon", "tue", "wed", "thu", "fri", "sat", "sun"],
      from: clock(hour),
      to: clock(hour + 1),
      timeZone: "UTC",
    } as AutoUpdateBody["window"];
    expect(await planned({ window })).toMatchObject({ waitsFor: "window", version: "1.2.0" });
    await owner.put("/api/orgs/default/policy", { badges: ["official"] });
    expect(await planned({})).toMatchObject({ waitsFor: "policy" });
    await owner.put("/api/orgs/default/policy", {});
    await rules({ strategy: "all", include: ["wait.*"], minimumAgeHours: 24, ageExceptions: ["wait.one"] });
    await run();
    expect(await versionOf("wait.one")).toBe("1.2.0");
  });

  it("never bring a version without the signature that the policy wants", async () => {
    await registry.publish(plugin("bare.one", "1.0.0"));
    await install("bare.one", "1.0.0");
    await registry.publish(plugin("bare.one", "1.1.0"));
    await owner.put("/api/orgs/default/policy", { signatures: "required" });
    try {
      await rules({ strategy: "all", include: ["bare.*"] });
      // Whether it is signed is known once it is here, and told from then on.
      await run();
      const { planned } = await run();
      expect(await versionOf("bare.one")).toBe("1.0.0");
      expect(planned).toMatchObject([
        { version: "1.1.0", waitsFor: "policy", message: expect.stringContaining("not signed") },
      ]);
    } finally {
      await owner.put("/api/orgs/default/policy", {});
    }
    await run();
    expect(await versionOf("bare.one")).toBe("1.1.0");
  });

  it("leave the plugin as it was when a version does not start, and try only newer ones", async () => {
    const broken = { code: `throw new Error("It does not start.");` };
    await registry.publish(plugin("fail.one", "1.0.0"));
    await install("fail.one", "1.0.0");
    await registry.publish(plugin("fail.one", "1.1.0", broken));
    await rules({ strategy: "all", include: ["fail.*"] });
    await run();
    expect(await client.plugins.get("fail.one")).toMatchObject({
      version: "1.0.0",
      state: "enabled",
      lastError: { code: "activation_failed" },
    });
    expect(await client.tools.call("fail.one", "say", {})).toBe("1.0.0");
    const failures = async () =>
      (await owner.get("/api/orgs/default/plugins/fail.one/history")).body.items.filter(
        ({ action }: { action: string }) => action === "plugin.update_failed",
      ).length;
    expect(await failures()).toBe(1);
    expect((await run()).planned).toMatchObject([
      { plugin: "fail.one", version: "1.1.0", waitsFor: "failed" },
    ]);
    expect(await failures()).toBe(1);
    const { items } = await client.notifications.list({});
    expect(items.map(({ title }) => title)).toContain(
      "fail.one could not be updated to 1.1.0; 1.0.0 goes on",
    );
    await registry.publish(plugin("fail.one", "1.1.1"));
    await run();
    expect(await versionOf("fail.one")).toBe("1.1.1");
  });

  it("are decided by those who may change plugins, and with rules that mean something", async () => {
    const member = await signedUp(server.url, "max@example.org", { organization: "default", role: "member" });
    expect((await member.get(RULES)).status).toBe(200);
    expect((await member.call("PUT", RULES, { strategy: "all" })).body.code).toBe("forbidden");
    expect((await member.post(`${RULES}/run`)).body.code).toBe("forbidden");
    const pin = await owner.put(RULES, { plugins: { "acme.weather": { pin: "latest and greatest" } } });
    expect(pin).toMatchObject({ status: 400, body: { errors: [{ pointer: "/plugins/acme.weather/pin" }] } });
    const window = { days: ["mon"], from: "22:00", to: "23:00", timeZone: "Mars/Olympus" };
    expect((await owner.put(RULES, { window })).body).toMatchObject({
      errors: [{ pointer: "/window/timeZone" }],
    });
  });
});

describe("a plugin of a project", () => {
  it("is told of to those who see it only: among updates, what was looked for, and in bundles", async () => {
    await client.organizations.createProject({ slug: "ops", name: "Operations" });
    await client.organizations.createProject({ slug: "web", name: "Web" });
    const mia = await signedUp(server.url, "mia@example.org", { organization: "default", role: "member" });
    await client.organizations.setProjectMember("web", { email: mia.email, role: "manager" });
    await registry.publish(plugin("ops.only", "1.0.0"));
    await client.plugins.install({ plugin: "ops.only", grants: [], scope: { projects: ["ops"] } });
    await registry.publish(plugin("ops.only", "1.1.0"));
    await rules({ strategy: "all", include: ["ops.*"], minimumAgeHours: 24 });
    const seen = async (api: Pick<Api, "get" | "post">) => ({
      checked: (await api.post("/api/orgs/default/updates/check")).body.checked,
      planned: (await api.get(RULES)).body.planned.map((one: { plugin: string }) => one.plugin),
      bundle: (await api.post("/api/orgs/default/bundles", {})).body.includes("ops.only"),
    });
    expect(await seen(owner)).toMatchObject({
      planned: ["ops.only"],
      bundle: true,
      checked: expect.arrayContaining(["ops.only"]),
    });
    expect(await seen(mia)).toMatchObject({
      planned: [],
      bundle: false,
      checked: expect.not.arrayContaining(["ops.only"]),
    });
  });
});

describe("a lock file", () => {
  it("is applied with packages from the marketplace, if they have the content that it names", async () => {
    await registry.publish(plugin("locked.one", "1.0.0"));
    await registry.publish(plugin("locked.one", "1.1.0"));
    await install("locked.one", "1.0.0");
    const lock = await client.locks.read();
    await client.plugins.uninstall("locked.one", { disable: true });
    const { versions } = await registry.client.registry.package("locked.one");
    const digest = versions.find(({ version }) => version === "1.1.0")?.digest ?? "";
    const wanted = lock.plugins["locked.one"];
    if (wanted === undefined) throw new Error("The lock file does not name the plugin.");
    const newer = (content: string) => ({
      ...lock,
      plugins: { ...lock.plugins, "locked.one": { ...wanted, version: "1.1.0", digest: content } },
    });
    const other = await client.locks.plan({ lock: newer("0".repeat(64)) });
    expect(other.changes).toMatchObject([{ plugin: "locked.one", blocked: { code: "version_exists" } }]);
    const { changes } = await client.locks.apply({ lock: newer(digest) });
    expect(changes.map(({ action }) => action)).toEqual(["install", "enable"]);
    expect(await client.tools.call("locked.one", "say", {})).toBe("1.1.0");
    const gone = await client.locks.plan({ lock: { ...lock, plugins: { "locked.gone": wanted } } });
    expect(gone.changes).toMatchObject([{ plugin: "locked.gone", blocked: { code: "package_not_found" } }]);
  });
});

describe("advisories", () => {
  it("are listed with the installed plugins that they touch and what mends them", async () => {
    await registry.publish(plugin("leaky.one", "1.0.0"));
    await install("leaky.one", "1.0.0");
    await registry.client.registry.putAdvisory(advisory("PB-7", "leaky.one", "1.0.0", "1.0.5"));
    await registry.client.registry.putAdvisory(advisory("PB-8", "leaky.other", "0", "9.0.0"));
    await run();
    const { advisories, marketplaces } = (await owner.get("/api/orgs/default/advisories")).body;
    expect(advisories).toContainEqual({
      advisory: expect.objectContaining({ id: "PB-7", summary: "Mended in 1.0.5." }),
      marketplaces: [expect.stringContaining(registry.server.url)],
      touches: [{ plugin: "leaky.one", version: "1.0.0", fixes: ["1.0.5"] }],
    });
    expect(JSON.stringify(advisories)).not.toContain("PB-8");
    expect(marketplaces).toMatchObject([{ checkedAt: expect.any(String) }]);
  });
});

describe("a version that the marketplace blocks", () => {
  it("is off within a minute, with the reason, and cannot be brought back until the block is gone", async () => {
    await registry.publish(plugin("evil.miner", "1.0.0"));
    await registry.publish(plugin("evil.miner", "1.0.1"));
    await registry.publish(plugin("evil.miner", "1.0.2", { code: `throw new Error("It does not start.");` }));
    await install("evil.miner", "1.0.0");
    await owner.post("/api/orgs/default/updates/check");
    const body = { plugin: "evil.miner", versions: "1.0.0", reason: "It mines coins." };
    const blocked = await registry.admin.post("/registry/v1/blocklist", body);
    expect(blocked.status, JSON.stringify(blocked.body)).toBe(201);
    const startedAt = Date.now();
    await expect
      .poll(async () => (await client.plugins.get("evil.miner")).state, { timeout: 60_000, interval: 500 })
      .toBe("blocked");
    expect(Date.now() - startedAt).toBeLessThan(60_000);
    expect(await client.plugins.get("evil.miner")).toMatchObject({
      lastError: { code: "version_blocked", message: expect.stringContaining("It mines coins.") },
    });
    expect((await owner.post("/api/orgs/default/tools/evil.miner/say", {})).body).toMatchObject({
      code: "plugin_failed",
      detail: expect.stringContaining("It mines coins."),
    });
    expect((await owner.post("/api/orgs/default/plugins/evil.miner/enable")).body.code).toBe(
      "version_blocked",
    );
    expect((await owner.get("/api/orgs/default/advisories")).body.blocked).toMatchObject([
      { plugin: "evil.miner", version: "1.0.0", reason: "It mines coins." },
    ]);
    await expect(client.plugins.update("evil.miner", { version: "1.0.2", grants: [] })).rejects.toMatchObject(
      {
        message: expect.stringContaining("It does not start."),
      },
    );
    expect(await client.plugins.get("evil.miner")).toMatchObject({
      version: "1.0.0",
      state: "blocked",
      lastError: { code: "version_blocked", message: expect.stringContaining("It mines coins.") },
    });
    expect((await client.plugins.get("evil.miner")).update?.version).toBe("1.0.2");
    const worse = { plugin: "evil.miner", versions: "1.0.2", reason: "It mines more coins." };
    expect((await registry.admin.post("/registry/v1/blocklist", worse)).status).toBe(201);
    await expect
      .poll(async () => (await client.plugins.get("evil.miner")).update?.version, {
        timeout: 60_000,
        interval: 500,
      })
      .toBe("1.0.1");
    const updated = await client.plugins.update("evil.miner", { version: "1.0.1", grants: [] });
    expect(updated).toMatchObject({ version: "1.0.1", state: "enabled" });
    expect((await owner.post("/api/orgs/default/plugins/evil.miner/rollback")).body.code).toBe(
      "version_blocked",
    );
    await client.plugins.uninstall("evil.miner", { disable: true });
    expect(
      (await owner.post("/api/orgs/default/plugins", { plugin: "evil.miner", version: "1.0.0" })).body.code,
    ).toBe("version_blocked");
  }, 180_000);
});
