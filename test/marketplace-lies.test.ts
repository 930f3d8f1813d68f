import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { PatchbayClient } from "@patchbay/api-client";
import { HttpClient } from "@patchbay/egress";
import { PatchbayError } from "@patchbay/protocol";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { HttpMarketplace } from "../apps/server/src/sources/http-marketplace.ts";
import { Api } from "./support/api.ts";
import {
  type ArtifactLie,
  type DocumentLie,
  type LyingMarketplace,
  startLyingMarketplace,
} from "./support/lying-marketplace.ts";
import { makePackage } from "./support/packages.ts";
import { BOOTSTRAP_KEY, startServer, type TestServer, temporaryFolder } from "./support/server.ts";

const manifest = {
  id: "acme.liar",
  name: "Liar",
  version: "1.0.0",
  description: "Is lied about.",
  author: { name: "Tests" },
  category: "utility",
  engines: { patchbay: "^1.0.0" },
  main: "plugin.js",
  contributes: { tools: [{ name: "say", description: "The tool say." }] },
};
const plugin = (id: string) => ({
  id,
  tools: ["say"],
  code: `export default { tools: { say: { description: "The tool say.", run: () => "${id}" } } };`,
});
const base = "/api/orgs/default";

let market: LyingMarketplace;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let server: TestServer;
let owner: Api;
let client: PatchbayClient;
let bytes: Buffer;

beforeAll(async () => {
  const source = { ...plugin("acme.liar"), manifest };
  bytes = Buffer.from(await makePackage(source));
  market = await startLyingMarketplace({ manifest, bytes });
  folder = await temporaryFolder();
  server = await startServer({
    dataDir: folder.path,
    environment: { PATCHBAY_MARKETPLACE_URL: market.url },
  });
  owner = new Api(server.url);
  client = new PatchbayClient({ url: server.url, apiKey: BOOTSTRAP_KEY });
  await owner.upload(`${base}/uploads`, await makePackage(plugin("home.steady")));
  await client.plugins.install({ plugin: "home.steady", grants: [] });
  await client.plugins.step("home.steady", "enable");
});
afterAll(async () => {
  await server?.stop();
  await market?.stop();
  await folder?.remove();
});
beforeEach(() => {
  market.artifact = "honest";
  market.document = "honest";
});

/** Its own, whose memory of documents is empty and whose patience is short. */
const impatient = () => {
  const patience = { answerMs: 500, idleMs: 500, documentMs: 3_000, packageMs: 3_000 };
  return new HttpMarketplace({
    client: new HttpClient(),
    key: "m",
    base: () => market.url,
    url: () => market.url,
    patience,
  });
};
const refusal = async (work: Promise<unknown>): Promise<[string, string]> => {
  try {
    await work;
    return ["none", ""];
  } catch (error) {
    if (!(error instanceof PatchbayError)) throw error;
    expect(error.message).toContain(market.url);
    return [error.code, error.message];
  }
};
const fetched = async (): Promise<[string, string]> => {
  const marketplace = impatient();
  const path = join(folder.path, "fetched.zip");
  const found = await marketplace.package("acme.liar");
  const [version] = found?.versions ?? [];
  if (version === undefined) throw new Error("There is no version.");
  const { digest, sizeBytes } = version;
  const promised = { plugin: "acme.liar", version: "1.0.0", digest, sizeBytes };
  const result = await refusal(marketplace.fetchArtifact(promised, path));
  expect(existsSync(path)).toBe(false);
  return result;
};

describe("a marketplace that lies", () => {
  const artifacts: [ArtifactLie, string, string][] = [
    ["size", "marketplace_invalid", "bytes and sent"],
    ["digest", "marketplace_invalid", "promised bytes with the digest 0000"],
    ["bytes", "marketplace_invalid", "promised bytes with the digest"],
    ["longer", "marketplace_invalid", "sent more than"],
    ["endless", "marketplace_invalid", "sent more than"],
    ["cut", "marketplace_unavailable", "broke off"],
    ["stalled", "marketplace_unavailable", "sent nothing for 0.5 seconds"],
    ["loop", "marketplace_unavailable", "redirected more than 5 times"],
    ["elsewhere", "marketplace_invalid", "redirected to what is no web address"],
    ["broken", "marketplace_unavailable", "status 500"],
  ];
  it.each(artifacts)("about a package (%s) is found out", async (lie, code, words) => {
    market.artifact = lie;
    const [found, message] = await fetched();
    expect([found, message]).toEqual([code, expect.stringContaining(words)]);
  });

  const documents: [DocumentLie, string, string][] = [
    ["no json", "marketplace_invalid", "no JSON"],
    ["wrong shape", "marketplace_invalid", "/versions/0/digest"],
    ["huge", "marketplace_invalid", "sent more than"],
    ["silent", "marketplace_unavailable", "did not answer within 0.5 seconds"],
    ["other plugin", "marketplace_invalid", "acme.other"],
    ["no time", "marketplace_invalid", "a time that is none"],
    ["elsewhere", "marketplace_invalid", "redirected to another server (localhost:9)"],
  ];
  it.each(documents)("about a document (%s) is found out", async (lie, code, words) => {
    market.document = lie;
    const [found, message] = await refusal(impatient().package("acme.liar"));
    expect([found, message]).toEqual([code, expect.stringContaining(words)]);
  });

  it.each(["size", "digest", "bytes", "longer", "cut", "loop"] as const)(
    "(%s) gets nothing into the catalog, and disturbs nothing that is installed",
    async (lie) => {
      market.artifact = lie;
      const refused = await owner.post(`${base}/plugins`, { plugin: "acme.liar" });
      expect(refused.body.code).toMatch(/^marketplace_(invalid|unavailable)$/);
      expect((await owner.get(`${base}/catalog/acme.liar`)).status).toBe(404);
      expect(await client.tools.call("home.steady", "say", { input: {} })).toBe("home.steady");
      expect(await readdir(join(folder.path, "uploads"))).toEqual([]);
    },
  );

  it("(stalled) keeps those waiting who want something of it, and nobody else", async () => {
    market.artifact = "stalled";
    const fetchedBefore = market.fetched();
    let isWaiting = true;
    const refused = owner.post(`${base}/plugins`, { plugin: "acme.liar" }).finally(() => {
      isWaiting = false;
    });
    await expect.poll(() => market.fetched(), { timeout: 5_000 }).toBeGreaterThan(fetchedBefore);
    for (let call = 0; call < 20; call += 1)
      expect(await client.tools.call("home.steady", "say", { input: {} })).toBe("home.steady");
    expect((await client.plugins.step("home.steady", "disable")).state).toBe("disabled");
    expect((await client.plugins.step("home.steady", "enable")).state).toBe("enabled");
    expect((await client.plugins.list()).map(({ plugin: id }) => id)).toContain("home.steady");
    expect(isWaiting).toBe(true);
    expect((await refused).body.code).toBe("marketplace_unavailable");
    expect(await client.tools.call("home.steady", "say", { input: {} })).toBe("home.steady");
  });

  it("with a manifest that is not the package's gets nothing in either", async () => {
    // Documents that were read a moment ago are not asked for again.
    await new Promise((resolve) => setTimeout(resolve, 5_500));
    market.document = "other manifest";
    const refused = await owner.post(`${base}/plugins`, { plugin: "acme.liar" });
    expect([refused.status, refused.body.code]).toEqual([502, "marketplace_invalid"]);
    expect(refused.body.detail).toContain("another manifest");
    expect((await owner.get(`${base}/catalog/acme.liar`)).status).toBe(404);
  });

  it("is believed again when it tells the truth", async () => {
    await new Promise((resolve) => setTimeout(resolve, 5_500));
    const installed = await client.plugins.install({ plugin: "acme.liar", grants: [] });
    expect(installed).toMatchObject({ version: "1.0.0", source: "marketplace" });
    expect((await client.catalog.plugin("acme.liar")).versions).toMatchObject([{ sizeBytes: bytes.length }]);
  });

  it("and is down when the server starts is missed by nothing that is installed", async () => {
    await market.stop();
    await server.stop();
    server = await startServer({
      dataDir: folder.path,
      environment: { PATCHBAY_MARKETPLACE_URL: market.url },
    });
    client = new PatchbayClient({ url: server.url, apiKey: BOOTSTRAP_KEY });
    expect(await client.tools.call("home.steady", "say", { input: {} })).toBe("home.steady");
    expect((await client.plugins.update("home.steady", {}).catch((error) => error)).code).toBe(
      "same_version",
    );
    await client.plugins.step("acme.liar", "enable");
    expect(await client.tools.call("acme.liar", "say", { input: {} })).toBe("acme.liar");
  });
});
