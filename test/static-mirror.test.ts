import { appendFile } from "node:fs/promises";
import { join } from "node:path";
import { PatchbayClient } from "@patchbay/api-client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Api } from "./support/api.ts";
import { runCli } from "./support/cli.ts";
import { hasNginx, type Nginx, startNginx } from "./support/nginx.ts";
import type { PluginSource } from "./support/packages.ts";
import { startRegistry, type TestRegistry } from "./support/registry.ts";
import { BOOTSTRAP_KEY, startServer, type TestServer, temporaryFolder } from "./support/server.ts";

const why = hasNginx ? "" : " (skipped: nginx not installed)";
const base = "/api/orgs/default";
const icon = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><rect width="8" height="8"/></svg>';

describe.skipIf(!hasNginx)(`a mirror of a registry that nginx serves${why}`, () => {
  let registry: TestRegistry;
  let nginx: Nginx;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let server: TestServer;
  let owner: Api;
  let client: PatchbayClient;

  const plugin = (id: string, version: string, manifest: Record<string, unknown> = {}): PluginSource => ({
    id,
    version,
    manifest: { icon: "icon.svg", ...manifest },
    files: { "README.md": `# ${id}\n`, "icon.svg": icon },
    tools: ["say"],
    code: `export default { tools: { say: { description: "The tool say.", run: () => "${id} ${version}" } } };`,
  });

  beforeAll(async () => {
    registry = await startRegistry();
    for (const source of [
      plugin("acme.weather", "1.0.0", { name: "Weather", category: "integration" }),
      plugin("acme.weather", "1.1.0", { name: "Weather", category: "integration" }),
      plugin("acme.maps", "1.0.0", { name: "Maps", dependencies: { "acme.weather": "^1.0.0" } }),
      plugin("zeta.notes", "1.0.0", { name: "Notes", keywords: ["weather diary"] }),
    ])
      await registry.publish(source);
    nginx = await startNginx();
    const mirrored = await runCli(
      ["registry", "mirror", "--output", nginx.root, "--from", registry.server.url],
      {
        environment: {},
      },
    );
    expect(mirrored.code, mirrored.stderr).toBe(0);
    await registry.stop();
    folder = await temporaryFolder();
    server = await startServer({
      dataDir: folder.path,
      environment: { PATCHBAY_MARKETPLACE_URL: nginx.url },
    });
    owner = new Api(server.url);
    client = new PatchbayClient({ url: server.url, apiKey: BOOTSTRAP_KEY });
  });
  afterAll(async () => {
    await server?.stop();
    await nginx?.stop();
    await folder?.remove();
  });

  it("is searched as a registry is: names, words, small typos, facets", async () => {
    const found = async (query: Parameters<typeof client.marketplace.search>[0]) =>
      (await client.marketplace.search(query)).items.map((one) => one.plugin);
    expect(await found({ q: "weather" })).toEqual(["acme.weather", "zeta.notes"]);
    expect(await found({ q: "weahter" })).toEqual(["acme.weather"]);
    expect(await found({ q: "map" })).toEqual(["acme.maps"]);
    expect(await found({ category: "integration" })).toEqual(["acme.weather"]);
    const all = await client.marketplace.search({ limit: 2 });
    expect([all.total, all.facets.category]).toEqual([3, { integration: 1, utility: 2 }]);
    expect(await found({ limit: 2, cursor: all.cursor ?? "" })).toHaveLength(1);
  });

  it("shows packages, texts and pictures", async () => {
    const maps = await client.marketplace.get("acme.maps");
    expect(maps.versions).toMatchObject([{ version: "1.0.0" }]);
    expect(maps.publishedBy?.publisher).toBe("acme");
    expect((await owner.get(`${base}/marketplace/acme.maps/versions/1.0.0/readme`)).body).toBe(
      "# acme.maps\n",
    );
    const picture = await owner.get(`${base}/marketplace/acme.maps/versions/1.0.0/icon`);
    expect([picture.headers.get("content-type"), picture.body]).toEqual(["image/svg+xml", icon]);
  });

  it("gives packages with all that they need, and tells when one of its files was changed", async () => {
    const artifact = join(nginx.root, "registry/v1/packages/zeta.notes/versions/1.0.0/artifact");
    await appendFile(artifact, "x");
    const refused = await owner.post(`${base}/plugins`, { plugin: "zeta.notes" });
    expect([refused.status, refused.body.code]).toEqual([502, "marketplace_invalid"]);
    const { along } = await client.plugins.install({ plugin: "acme.maps", grants: [] });
    expect(along).toMatchObject([{ plugin: "acme.weather", version: "1.1.0" }]);
    await client.plugins.step("acme.maps", "enable");
    expect(await client.tools.call("acme.maps", "say", { input: {} })).toBe("acme.maps 1.0.0");
  });
});
