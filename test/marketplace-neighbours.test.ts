import { PatchbayClient } from "@patchbay/api-client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Api } from "./support/api.ts";
import { makePackage } from "./support/packages.ts";
import {
  type ScriptedMarketplace,
  SILENCE,
  startScriptedMarketplace,
} from "./support/scripted-marketplace.ts";
import { BOOTSTRAP_KEY, startServer, type TestServer, temporaryFolder } from "./support/server.ts";

const AT = "2026-03-01T12:00:00Z";
const blocking = (plugin: string, reason: string) => ({ items: [{ plugin, versions: "*", reason, at: AT }] });

let bad: ScriptedMarketplace;
let good: ScriptedMarketplace;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let server: TestServer;
let client: PatchbayClient;

beforeAll(async () => {
  bad = await startScriptedMarketplace("Bad");
  good = await startScriptedMarketplace("Good");
  folder = await temporaryFolder();
  server = await startServer({
    dataDir: folder.path,
    environment: { PATCHBAY_MARKETPLACE_URL: `${bad.url}, ${good.url}` },
  });
  client = new PatchbayClient({ url: server.url, apiKey: BOOTSTRAP_KEY });
});
afterAll(async () => {
  await server?.stop();
  await bad?.stop();
  await good?.stop();
  await folder?.remove();
});

describe("a marketplace beside one that tells nonsense", () => {
  const install = async (id: string) => {
    const owner = new Api(server.url);
    await owner.upload("/api/orgs/default/uploads", await makePackage({ id, code: "export default {};" }));
    await client.plugins.install({ plugin: id, grants: [] });
  };
  const isBlocked = async (id: string) =>
    await expect
      .poll(async () => (await client.plugins.get(id)).state, { timeout: 60_000, interval: 500 })
      .toBe("blocked");

  it("is not overrun by a lock file of a thousand plugins", async () => {
    const wanted = {
      ...({ version: "1.0.0", digest: "0".repeat(64), source: "marketplace", enabled: true } as const),
      grants: [],
      scope: { projects: "all" as const },
    };
    const names = Array.from({ length: 1_000 }, (_, index) => `acme.locked-${index}`);
    const plugins = Object.fromEntries(names.map((name) => [name, wanted]));
    const { changes } = await client.locks.plan({ lock: { lockfileVersion: 1, plugins } });
    expect(changes.filter(({ blocked }) => blocked?.code === "package_not_found")).toHaveLength(names.length);
    expect(good.asked().filter((path) => path.startsWith("packages/"))).toHaveLength(names.length);
    expect(good.atOnce()).toBeLessThan(50);
  });

  it("is searched as fast as the other one is given up", async () => {
    const summary = (plugin: string) => ({
      plugin,
      name: plugin,
      description: "Found.",
      author: { name: "Tests" },
      category: "utility",
      keywords: [],
      badge: "community",
      publisher: "acme",
      latest: "1.0.0",
      installs: 0,
      updatedAt: AT,
      hasIcon: false,
    });
    const items = Array.from({ length: 6 }, (_, index) => summary(`acme.number-${index}`));
    const facets = { category: {}, badge: {} };
    good.documents.set("search", { items, total: items.length, facets });
    bad.documents.set("search", SILENCE);
    for (const { plugin } of items) bad.documents.set(`packages/${plugin}`, SILENCE);
    const found = await new Api(server.url).get("/api/orgs/default/marketplace");
    expect(found.body.items.map(({ plugin }: { plugin: string }) => plugin)).toEqual(
      items.map(({ plugin }) => plugin),
    );
    expect(bad.asked().filter((path) => path.startsWith("packages/acme.number"))).toEqual([]);
  });

  it("has what it blocks switched off, whatever the other one's lists hold", async () => {
    await install("acme.first");
    bad.documents.set("blocklist", blocking("acme.other", "No text can be kept that has a \0."));
    good.documents.set("blocklist", blocking("acme.first", "It steals."));
    await isBlocked("acme.first");
  }, 90_000);

  it("has what it blocks switched off although its own advisories cannot be read", async () => {
    await install("acme.second");
    good.documents.set("advisories", { items: "far too many" });
    good.documents.set("blocklist", blocking("acme.second", "It steals, too."));
    await isBlocked("acme.second");
  }, 90_000);
});
