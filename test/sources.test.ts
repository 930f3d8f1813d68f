import { PatchbayClient } from "@patchbay/api-client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Api } from "./support/api.ts";
import { runCli } from "./support/cli.ts";
import { makePackage, type PluginSource } from "./support/packages.ts";
import { startRegistry, type TestRegistry } from "./support/registry.ts";
import { BOOTSTRAP_KEY, startServer, type TestServer, temporaryFolder } from "./support/server.ts";

let first: TestRegistry;
let second: TestRegistry;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let server: TestServer;
let owner: Api;
let client: PatchbayClient;

const plugin = (id: string, version: string, manifest: Record<string, unknown> = {}): PluginSource => ({
  id,
  version,
  manifest,
  tools: ["say"],
  code: `export default { tools: { say: { description: "The tool say.", run: () => "${id} ${version}" } } };`,
});
const base = "/api/orgs/default";
const said = async (id: string) => await client.tools.call(id, "say", { input: {} });
const catalogOf = async (id: string) =>
  (await client.catalog.plugin(id)).versions.map(({ version }) => version);

beforeAll(async () => {
  [first, second] = await Promise.all([startRegistry(), startRegistry()]);
  for (const source of [
    plugin("acme.tiles", "1.0.0"),
    plugin("acme.tiles", "1.1.0"),
    plugin("acme.tiles", "2.0.0-rc.1"),
    plugin("acme.maps", "1.0.0", { dependencies: { "acme.tiles": "^1.0.0" }, description: "Draws maps." }),
  ])
    await first.publish({
      ...source,
      files: { "README.md": `# ${source.id}\n`, "CHANGELOG.md": "- All new\n" },
    });
  for (const source of [plugin("acme.tiles", "9.0.0"), plugin("zeta.notes", "1.0.0")])
    await second.publish(source);
  folder = await temporaryFolder();
  server = await startServer({
    dataDir: folder.path,
    environment: { PATCHBAY_MARKETPLACE_URL: `${first.server.url}, ${second.server.url}/registry/v1/` },
  });
  owner = new Api(server.url);
  client = new PatchbayClient({ url: server.url, apiKey: BOOTSTRAP_KEY });
});
afterAll(async () => {
  await server?.stop();
  await Promise.all([first?.stop(), second?.stop()]);
  await folder?.remove();
});

describe("marketplaces", () => {
  it("are searched in order, where an earlier one hides what a later one has under the same id", async () => {
    const found = await client.marketplace.search();
    const shown = found.items.map(({ plugin: id, latest, marketplace }) => [id, latest, marketplace.url]);
    expect(shown.toSorted()).toEqual([
      ["acme.maps", "1.0.0", `${first.server.url}/registry/v1`],
      ["acme.tiles", "1.1.0", `${first.server.url}/registry/v1`],
      ["zeta.notes", "1.0.0", `${second.server.url}/registry/v1`],
    ]);
    expect(found.marketplaces.map(({ state }) => state)).toEqual(["ok", "ok"]);
    expect(found.facets.category).toEqual({ utility: 4 });
    const narrowed = await client.marketplace.search({ q: "maps" });
    expect(narrowed.items.map(({ plugin: id }) => id)).toEqual(["acme.maps"]);
  });

  it("give a page at a time", async () => {
    const ids: string[] = [];
    let cursor: string | undefined;
    for (let pages = 0; pages < 10; pages++) {
      const page = await client.marketplace.search({ limit: 1, ...(cursor && { cursor }) });
      ids.push(...page.items.map(({ plugin: id }) => id));
      ({ cursor } = page);
      if (cursor === undefined) break;
    }
    expect(ids.toSorted()).toEqual(["acme.maps", "acme.tiles", "zeta.notes"]);
    const wrong = await owner.get(`${base}/marketplace?cursor=nonsense`);
    expect([wrong.status, wrong.body.code]).toEqual([400, "invalid_request"]);
  });

  it("tell of a plugin all that there is before it is installed", async () => {
    const found = await client.marketplace.get("acme.maps");
    expect(found).toMatchObject({ installed: null, publisher: "acme", advisories: [] });
    expect(found.versions).toMatchObject([{ version: "1.0.0", hasReadme: true }]);
    expect(found.publishedBy).toMatchObject({ publisher: "acme", keys: [] });
    const part = (name: string) => owner.get(`${base}/marketplace/acme.maps/versions/1.0.0/${name}`);
    expect((await part("readme")).body).toBe("# acme.maps\n");
    expect((await part("changelog")).body).toBe("- All new\n");
    expect((await part("icon")).body.code).toBe("not_found");
    expect((await owner.get(`${base}/marketplace/acme.none`)).body.code).toBe("package_not_found");
    expect((await client.marketplace.publisher("zeta")).packages).toEqual(["zeta.notes"]);
    expect((await owner.get(`${base}/marketplace/publishers/nobody`)).body.code).toBe("publisher_not_found");
  });

  it("show what would come along before anything is there", async () => {
    const resolution = await client.catalog.resolution("acme.maps", "1.0.0");
    expect(resolution.along).toMatchObject([
      { plugin: "acme.tiles", version: "1.1.0", source: "marketplace" },
    ]);
    expect((await owner.get(`${base}/catalog/acme.maps`)).status).toBe(404);
  });

  it("are asked nothing that policy does not want", async () => {
    await owner.put(`${base}/policy`, { sources: ["upload", "github"] });
    const refused = await owner.post(`${base}/plugins`, { plugin: "acme.maps" });
    expect([refused.status, refused.body.code, refused.body.rule]).toEqual([
      403,
      "policy_blocked",
      "sources",
    ]);
    expect((await owner.get(`${base}/catalog/acme.maps`)).status).toBe(404);
    const [seen] = (await client.marketplace.search({ q: "maps" })).items;
    expect(seen?.blocked).toMatchObject({ rule: "sources", changedBy: ["owner", "admin"] });
    expect((await owner.put(`${base}/policy`, { sources: "all" })).status).toBe(200);
  });

  it("give what is installed, with all that it needs", async () => {
    const { along } = await client.plugins.install({ plugin: "acme.maps", grants: [] });
    expect(along).toMatchObject([
      { plugin: "acme.tiles", version: "1.1.0", source: "marketplace", badge: "community" },
    ]);
    await client.plugins.step("acme.maps", "enable");
    expect(await said("acme.maps")).toBe("acme.maps 1.0.0");
    expect((await client.marketplace.search({ q: "maps" })).items[0]?.installed).toBe("1.0.0");
  });

  it("are looked at for newer versions, which come when they are wanted", async () => {
    await first.publish(plugin("acme.maps", "1.1.0", { dependencies: { "acme.tiles": "^1.0.0" } }));
    expect((await client.plugins.get("acme.maps")).update).toBeUndefined();
    // A document is not asked for again within a few seconds.
    await expect
      .poll(
        async () => {
          const { checked, failed } = await client.marketplace.checkUpdates();
          expect([checked.toSorted(), failed]).toEqual([["acme.maps", "acme.tiles"], []]);
          return (await client.plugins.get("acme.maps")).update?.version;
        },
        { timeout: 20_000, interval: 500 },
      )
      .toBe("1.1.0");
    expect(await catalogOf("acme.maps")).toEqual(["1.0.0"]);
    await client.plugins.update("acme.maps", {});
    expect(await said("acme.maps")).toBe("acme.maps 1.1.0");
    expect((await client.plugins.get("acme.tiles")).update).toBeUndefined();
  });

  it("give a pre-release to those who name it", async () => {
    await client.plugins.install({ plugin: "zeta.notes", grants: [] });
    const refused = await owner.post(`${base}/plugins/acme.tiles/update`, { version: "2.0.0-rc.1" });
    expect([refused.status, refused.body.code]).toEqual([409, "dependency_conflict"]);
    // It was found out before anything was fetched.
    expect(await catalogOf("acme.tiles")).toEqual(["1.1.0"]);
  });

  it("pass over versions for another Patchbay, and go on with older ones", async () => {
    for (const [version, engine] of [
      ["1.0.0", "^1.0.0"],
      ["9.0.0", "^9.0.0"],
    ] as const)
      await second.publish(plugin("zeta.stars", version, { engines: { patchbay: engine } }));
    expect((await client.marketplace.get("zeta.stars")).latest).toBe("1.0.0");
    expect(await client.plugins.install({ plugin: "zeta.stars" })).toMatchObject({ version: "1.0.0" });
    await second.publish(plugin("zeta.stars", "1.1.0"));
    await owner.post(`${base}/updates/check`);
    expect((await client.plugins.get("zeta.stars")).update).toMatchObject({ version: "1.1.0" });
    await owner.put(`${base}/auto-update`, { strategy: "all", minimumAgeHours: 0, include: ["zeta.stars"] });
    await owner.post(`${base}/auto-update/run`);
    await owner.put(`${base}/auto-update`, {});
    expect(await client.plugins.get("zeta.stars")).toMatchObject({ version: "1.1.0" });
    await expect(client.plugins.update("zeta.stars", { version: "9.0.0" })).rejects.toThrow(
      "Patchbay ^9.0.0",
    );
    await client.plugins.uninstall("zeta.stars", { disable: false });
  });

  it("do not give a version that was withdrawn, but to those who name it", async () => {
    await second.publish(plugin("zeta.bells", "1.0.0"));
    await second.publish(plugin("zeta.bells", "1.1.0"));
    await second.client.registry.yank("zeta.bells", "1.1.0", "It rings all night.");
    expect((await client.plugins.install({ plugin: "zeta.bells", grants: [] })).version).toBe("1.0.0");
    await client.plugins.update("zeta.bells", { version: "1.1.0" });
    expect((await client.plugins.get("zeta.bells")).version).toBe("1.1.0");
  });

  it("do not get in under the id of what people have brought themselves", async () => {
    const own = await makePackage(plugin("home.secret", "1.0.0"));
    expect((await owner.upload(`${base}/uploads`, own)).status).toBe(201);
    await second.publish(plugin("home.secret", "99.0.0"));
    await client.plugins.install({ plugin: "home.secret", grants: [] });
    await client.marketplace.checkUpdates();
    expect(await client.plugins.get("home.secret")).toMatchObject({ version: "1.0.0", source: "upload" });
    expect((await client.plugins.get("home.secret")).update).toBeUndefined();
    const same = await owner.post(`${base}/plugins/home.secret/update`, {});
    expect(same.body.code).toBe("same_version");
  });

  it("can be used on the command line", async () => {
    const environment = { PATCHBAY_URL: server.url, PATCHBAY_API_KEY: BOOTSTRAP_KEY };
    const search = await runCli(["plugin", "search", "notes"], { environment });
    expect(search.stdout).toContain("zeta.notes");
    expect((await runCli(["plugin", "info", "acme.maps"], { environment })).stdout).toContain(
      "acme.maps: acme.maps",
    );
    await client.plugins.uninstall("zeta.notes", { disable: false });
    await second.publish(plugin("zeta.lists", "1.2.0"));
    const installed = await runCli(["plugin", "install", "zeta.lists", "--enable", "--json"], {
      environment,
    });
    expect(JSON.parse(installed.stdout), installed.stderr).toMatchObject({
      version: "1.2.0",
      state: "enabled",
    });
    await client.plugins.uninstall("zeta.bells", { disable: false });
    const named = await runCli(["plugin", "install", "zeta.bells@1.1.0", "--json"], { environment });
    expect(JSON.parse(named.stdout).version).toBe("1.1.0");
    const unknown = await runCli(["plugin", "install", "zeta.none"], { environment });
    expect([unknown.code, unknown.stderr]).toEqual([1, expect.stringContaining("zeta.none")]);
  });

  it("that are down spoil neither the rest nor what is installed", async () => {
    await first.server.kill();
    const found = await client.marketplace.search({ q: "zeta" });
    expect(found.items.map(({ plugin: id }) => id)).toContain("zeta.lists");
    expect(found.marketplaces).toMatchObject([{ state: "unavailable" }, { state: "ok" }]);
    const { marketplaces } = (await owner.get(`${base}/sources`)).body;
    expect(marketplaces).toMatchObject([{ state: "unavailable" }, { state: "ok" }]);
    expect(await said("acme.maps")).toBe("acme.maps 1.1.0");
    const later = await owner.post(`${base}/plugins`, { plugin: "acme.other" });
    expect([later.status, later.body.code]).toEqual([503, "marketplace_unavailable"]);
    expect(later.body.detail).toContain(first.server.url);
    const { failed } = await client.marketplace.checkUpdates();
    expect(failed.map(({ code }) => code)).toContain("marketplace_unavailable");
    await client.plugins.uninstall("acme.maps", { disable: true });
    await client.plugins.install({ plugin: "acme.maps", grants: [] });
    expect((await client.plugins.get("acme.maps")).version).toBe("1.1.0");
  });
});

describe("a server that is told nothing", () => {
  it("has its own registry as its marketplace", async () => {
    const alone = await startRegistry({ PATCHBAY_ROLE: "all" });
    try {
      await alone.publish(plugin("acme.own", "1.0.0"));
      const [found] = (await alone.client.marketplace.search({ q: "own" })).items;
      expect([found?.plugin, found?.marketplace.url]).toEqual([
        "acme.own",
        `${alone.server.url}/registry/v1`,
      ]);
      await alone.client.plugins.install({ plugin: "acme.own", grants: [] });
      await alone.client.plugins.step("acme.own", "enable");
      expect(await alone.client.tools.call("acme.own", "say", { input: {} })).toBe("acme.own 1.0.0");
      expect((await alone.client.marketplace.sources()).marketplaces).toMatchObject([{ state: "ok" }]);
    } finally {
      await alone.stop();
    }
  });
});
