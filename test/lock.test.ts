import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PatchbayClient } from "@patchbay/api-client";
import type { LockBody, LockFileDto } from "@patchbay/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCli } from "./support/cli.ts";
import { startOrganization, type TestOrganization } from "./support/organization.ts";
import type { PluginSource } from "./support/packages.ts";
import { BOOTSTRAP_KEY } from "./support/server.ts";

let organization: TestOrganization | undefined;
let owner: TestOrganization["owner"];
let client: PatchbayClient;
let folder: string;

const LOCK = "/api/orgs/default/lock";
const SETTINGS = {
  type: "object",
  properties: {
    units: { type: "string", enum: ["metric", "imperial"], default: "metric" },
    place: { type: "object", properties: { city: { type: "string" }, zip: { type: "string" } } },
    apiKey: { type: "string", format: "secret", hosts: ["api.weather.example"] },
  },
};
const tool = (answer: string) =>
  `export default { tools: { say: { description: "The tool say.", run: async (_, { settings }) => ({ answer: "${answer}", units: settings.units }) } } };`;
const weather = (version: string, manifest: Record<string, unknown> = {}): PluginSource => ({
  id: "acme.weather",
  version,
  tools: ["say"],
  code: tool(version),
  manifest: {
    settings: SETTINGS,
    permissions: {
      required: ["storage.scoped"],
      optional: ["ui.notifications", { name: "net.fetch", hosts: ["api.weather.example"], reason: "Reads." }],
    },
    ...manifest,
  },
});
const geo = (version: string): PluginSource => ({
  id: "acme.geo",
  version,
  tools: ["say"],
  code: tool(version),
});
const needing = (range: string) => ({ dependencies: { "acme.geo": range } });
const plan = async (lock: LockFileDto, more: Partial<LockBody> = {}) =>
  await client.locks.plan({ lock, ...more });
const stepsOf = ({ changes }: Awaited<ReturnType<typeof plan>>) =>
  changes.map(({ plugin, action }) => `${plugin} ${action}`);
const locked = (lock: LockFileDto, id: string) => {
  const found = lock.plugins[id];
  if (found === undefined) throw new Error(`The file does not name ${id}.`);
  return found;
};
const withPlugin = (lock: LockFileDto, id: string, change: object): LockFileDto => ({
  ...lock,
  plugins: { ...lock.plugins, [id]: { ...locked(lock, id), ...change } },
});

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "patchbay-lock-"));
  organization = await startOrganization();
  ({ owner, client } = organization);
  for (const source of [
    geo("1.0.0"),
    geo("2.0.0"),
    weather("1.0.0", needing("^1.0.0")),
    weather("2.0.0", needing("^2.0.0")),
  ])
    await organization.upload(source);
  await client.plugins.install({
    plugin: "acme.weather",
    version: "1.0.0",
    grants: ["storage.scoped", "ui.notifications"],
    dependencies: { "acme.geo": { grants: [] } },
  });
  await client.plugins.putSettings("acme.weather", {
    units: "imperial",
    place: { city: "Oslo" },
    apiKey: "s3cret-value",
  });
  await client.plugins.putSettings("acme.weather", { units: "metric" }, "web");
  await client.plugins.step("acme.weather", "enable");
});
afterAll(async () => {
  await organization?.stop();
  await rm(folder, { recursive: true, force: true });
});

describe("a lock file", () => {
  it("names versions, digests, grants, scopes and settings, and no secret", async () => {
    const lock = await client.locks.read();
    expect(locked(lock, "acme.weather")).toMatchObject({
      version: "1.0.0",
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
      source: "upload",
      enabled: true,
      grants: [{ name: "storage.scoped" }, { name: "ui.notifications" }],
      scope: { projects: "all" },
      settings: { units: "imperial", place: { city: "Oslo" }, apiKey: { $secret: "acme.weather/apiKey" } },
      projects: { web: { units: "metric" } },
    });
    expect(JSON.stringify(lock)).not.toContain("s3cret-value");
    expect(Object.keys(lock.plugins)).toEqual([...Object.keys(lock.plugins)].sort());
    expect(JSON.stringify(await client.locks.read())).toBe(JSON.stringify(lock));
  });

  it("changes nothing when all is so already", async () => {
    const lock = await client.locks.read();
    const before = await client.plugins.get("acme.weather");
    expect(await client.locks.apply({ lock })).toMatchObject({ changes: [] });
    expect((await client.plugins.get("acme.weather")).updatedAt).toBe(before.updatedAt);
  });

  it("is planned without changing anything, and applied twice changes things once", async () => {
    const lock = withPlugin(await client.locks.read(), "acme.weather", {
      enabled: false,
      grants: [{ name: "storage.scoped" }],
      scope: { projects: ["web"] },
      settings: { units: "metric", apiKey: { $secret: "acme.weather/apiKey" } },
    });
    const steps = ["disable", "grants", "scope", "settings"].map((step) => `acme.weather ${step}`);
    const planned = await plan(lock);
    expect(stepsOf(planned)).toEqual(steps);
    expect(planned.changes.at(-1)?.to).toEqual([{ names: ["place", "units"] }]);
    expect((await client.plugins.get("acme.weather")).state).toBe("enabled");
    expect(stepsOf(await client.locks.apply({ lock }))).toEqual(steps);
    expect(await client.plugins.get("acme.weather")).toMatchObject({
      state: "disabled",
      scope: { projects: ["web"] },
    });
    expect((await client.locks.apply({ lock })).changes).toEqual([]);
    expect(locked(await client.locks.read(), "acme.weather")).toEqual(locked(lock, "acme.weather"));
  });

  it("updates plugins that need each other's new versions together", async () => {
    let lock = await client.locks.read();
    for (const id of ["acme.geo", "acme.weather"]) {
      const { digest } = await client.catalog.version(id, "2.0.0");
      lock = withPlugin(lock, id, { version: "2.0.0", digest, enabled: true });
    }
    const applied = await client.locks.apply({ lock });
    expect(stepsOf(applied)).toEqual(["acme.geo update", "acme.weather update", "acme.weather enable"]);
    expect(await client.tools.call("acme.weather", "say", { input: {}, project: "web" })).toMatchObject({
      answer: "2.0.0",
    });
  });

  it("says what is in the way, and changes nothing then", async () => {
    const lock = await client.locks.read();
    const digests = { old: (await client.catalog.version("acme.weather", "1.0.0")).digest };
    await owner.put("/api/orgs/default/policy", { required: ["acme.geo"], forbidden: ["evil.*"] });
    try {
      const bad: LockFileDto = withPlugin(
        withPlugin(withPlugin(lock, "acme.geo", { enabled: false }), "acme.weather", {
          grants: [],
          scope: { projects: ["nowhere"] },
        }),
        "acme.weather",
        {
          settings: { apiKey: { $secret: "acme.weather/apiKey" } },
          projects: { web: { apiKey: { $secret: "web-key" } } },
        },
      );
      const gone = { ...locked(lock, "acme.geo"), version: "9.9.9" };
      const planned = await plan({ ...bad, plugins: { ...bad.plugins, "acme.gone": gone } });
      const stops = Object.fromEntries(
        planned.changes.flatMap(({ plugin, action, blocked }) =>
          blocked ? [[`${plugin} ${action}`, blocked]] : [],
        ),
      );
      expect(stops).toMatchObject({
        "acme.geo disable": { code: "policy_blocked", rule: "required", changedBy: ["owner", "admin"] },
        "acme.weather grants": { code: "grants_required" },
        "acme.weather scope": { code: "project_not_found" },
        "acme.weather settings": { code: "settings_invalid", message: expect.stringContaining("web-key") },
        "acme.gone install": { code: "package_not_found" },
      });
      const refused = await owner.post(`${LOCK}/apply`, { lock: bad });
      expect(refused).toMatchObject({
        status: 409,
        body: { code: "lock_blocked", changes: expect.any(Array) },
      });
      expect(await client.locks.read()).toEqual(lock);
      const evil = { ...locked(lock, "acme.geo") };
      const other = await plan({
        ...lock,
        plugins: { ...lock.plugins, "acme.geo": { ...evil, digest: "0".repeat(64) } },
      });
      expect(other.changes[0]?.blocked?.code).toBe("version_exists");
      await owner.put("/api/orgs/default/policy", { signatures: "required" });
      const off = await plan(withPlugin(lock, "acme.weather", { version: "1.0.0", digest: digests.old }));
      expect(off.changes[0]).toMatchObject({
        action: "update",
        blocked: { code: "policy_blocked", rule: "signatures" },
      });
      await owner.put("/api/orgs/default/policy", {});
      await owner.put("/api/orgs/default/auto-update", { plugins: { "acme.weather": { pin: "2.x" } } });
      const pinned = await plan(withPlugin(lock, "acme.weather", { version: "1.0.0", digest: digests.old }));
      expect(pinned.changes[0]).toMatchObject({ action: "update", blocked: { code: "plugin_pinned" } });
    } finally {
      await owner.put("/api/orgs/default/auto-update", {});
      await owner.put("/api/orgs/default/policy", {});
    }
  });

  it("brings an update together with the settings that only the new version knows", async () => {
    const settings = (required: string[]) => ({
      settings: { type: "object", properties: { region: { type: "string" } }, required },
    });
    const source = { id: "acme.strict", tools: ["say"], code: tool("strict") };
    const { region, ...none } = settings([]).settings.properties;
    await organization?.upload({
      ...source,
      version: "1.0.0",
      manifest: { settings: { type: "object", properties: none } },
    });
    await organization?.upload({ ...source, version: "2.0.0", manifest: settings(["region"]) });
    expect(region).toBeDefined();
    await client.plugins.install({ plugin: "acme.strict", version: "1.0.0", grants: [] });
    await client.plugins.step("acme.strict", "enable");
    const { digest } = await client.catalog.version("acme.strict", "2.0.0");
    const lock = withPlugin(await client.locks.read(), "acme.strict", {
      version: "2.0.0",
      digest,
      settings: { region: "north" },
    });
    expect(stepsOf(await client.locks.apply({ lock }))).toEqual([
      "acme.strict update",
      "acme.strict settings",
    ]);
    expect(await client.plugins.get("acme.strict")).toMatchObject({ version: "2.0.0", state: "enabled" });
    expect((await client.locks.apply({ lock })).changes).toEqual([]);
    await client.plugins.uninstall("acme.strict", { disable: true });
  });

  it("leaves what it does not name, unless it is told to prune", async () => {
    const lock = await client.locks.read();
    const { "acme.weather": _weather, "acme.geo": _geo, ...rest } = lock.plugins;
    const fewer = { ...lock, plugins: rest };
    expect(await plan(fewer)).toMatchObject({ changes: [], unnamed: ["acme.geo", "acme.weather"] });
    const applied = await client.locks.apply({ lock: fewer, prune: true });
    expect(stepsOf(applied)).toEqual([
      "acme.weather disable",
      "acme.weather uninstall",
      "acme.geo disable",
      "acme.geo uninstall",
    ]);
    const back = await client.locks.apply({ lock, secrets: { "acme.weather/apiKey": "again" } });
    expect(stepsOf(back)).toEqual([
      "acme.geo install",
      "acme.geo enable",
      "acme.weather install",
      "acme.weather settings",
      "acme.weather enable",
    ]);
    expect(await client.locks.read()).toEqual(lock);
    expect((await client.plugins.settings("acme.weather")).secrets).toMatchObject({
      "/apiKey": { set: true },
    });
  });

  it("is for those who may change plugins of all projects", async () => {
    const { manager, stranger } = organization as TestOrganization;
    expect((await manager.get(LOCK)).body.code).toBe("forbidden");
    expect((await stranger.get(LOCK)).body.code).toBe("organization_not_found");
    const lock = await client.locks.read();
    expect((await manager.post(`${LOCK}/apply`, { lock })).body.code).toBe("forbidden");
    expect((await owner.post(`${LOCK}/plan`, { lock: { ...lock, lockfileVersion: 2 } })).status).toBe(400);
  });

  it("is written and applied by the command line, with secrets from the environment", async () => {
    const { url } = (organization as TestOrganization).server;
    const environment = { PATCHBAY_URL: url, PATCHBAY_API_KEY: BOOTSTRAP_KEY };
    const file = join(folder, "patchbay.lock.json");
    expect(await runCli(["lock", "--output", file], { environment })).toMatchObject({ code: 0 });
    const lock = JSON.parse(await readFile(file, "utf8")) as LockFileDto;
    const changed = withPlugin(lock, "acme.weather", { scope: { projects: "all" }, enabled: false });
    await writeFile(file, JSON.stringify(changed));
    const planned = await runCli(["apply", file, "--plan", "--json"], { environment });
    expect(planned.code, planned.stderr).toBe(0);
    const withSecret = { ...environment, PATCHBAY_SECRET_ACME_WEATHER_APIKEY: "another" };
    const { changes } = JSON.parse(planned.stdout);
    expect(changes.map(({ action }: { action: string }) => action)).toEqual(["disable", "scope"]);
    const applied = await runCli(["apply", file, "--yes", "--json"], { environment: withSecret });
    expect(applied.code, applied.stderr).toBe(0);
    const again = await runCli(["apply", file, "--yes", "--json"], { environment: withSecret });
    expect(JSON.parse(again.stdout)).toMatchObject({ changes: [] });
    await writeFile(file, JSON.stringify(withPlugin(lock, "acme.weather", { version: "7.0.0" })));
    const refused = await runCli(["apply", file, "--yes"], { environment });
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("not possible") });
    const blocked = await runCli(["apply", file, "--plan"], { environment });
    expect(blocked).toMatchObject({ code: 1, stdout: expect.stringContaining("not possible"), stderr: "" });
    const asJson = await runCli(["apply", file, "--plan", "--json"], { environment });
    expect(asJson).toMatchObject({ code: 1, stderr: "" });
    expect(JSON.parse(asJson.stdout).changes[0].blocked).toMatchObject({ code: "package_not_found" });
  });

  it("goes through standard output and input where that is asked for", async () => {
    const { url } = (organization as TestOrganization).server;
    const run = async (args: string[], input?: string) =>
      await runCli(args, {
        environment: { PATCHBAY_URL: url, PATCHBAY_API_KEY: BOOTSTRAP_KEY },
        cwd: folder,
        ...(input !== undefined && { input }),
      });
    const written = await run(["lock", "--output", "-"]);
    expect(written).toMatchObject({ code: 0, stderr: "" });
    expect(JSON.parse(written.stdout)).toEqual(await client.locks.read());
    expect(await readdir(folder)).not.toContain("-");
    const applied = await run(["apply", "-", "--json"], written.stdout);
    expect(applied.code, applied.stderr).toBe(0);
    expect(JSON.parse(applied.stdout)).toMatchObject({ changes: [] });
    expect(await run(["apply", "-"], "nonsense")).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^Standard input is not JSON: /),
    });
    expect(await run(["apply", "-", "--secrets", "-"])).toMatchObject({ code: 2 });
  });
});
