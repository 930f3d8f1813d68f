import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PatchbayClient } from "@patchbay/api-client";
import { generateKeyPair, readPrivateKey, signPackage } from "@patchbay/artifact";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Api } from "./support/api.ts";
import { makePackage, type PluginSource } from "./support/packages.ts";
import { startRegistry, type TestRegistry } from "./support/registry.ts";
import { type Relay, startRelay } from "./support/relay.ts";
import { BOOTSTRAP_KEY, startServer, type TestServer, temporaryFolder } from "./support/server.ts";

const RULES = "/api/orgs/default/auto-update";

let honest: TestRegistry;
/** Has other packages under the same ids, and no key of their publisher. */
let other: TestRegistry;
/** What the deployment takes for its marketplace. */
let front: Relay;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let server: TestServer;
let owner: Api;
let client: PatchbayClient;

const plugin = (id: string, version: string): PluginSource => ({
  id,
  version,
  tools: ["say"],
  code: `export default { tools: { say: { description: "The tool say.", run: () => "${version}" } } };`,
});
const signed = async (source: PluginSource, privateKeyPem: string): Promise<Blob> => {
  const [input, output] = [join(folder.path, "plain.zip"), join(folder.path, "signed.zip")];
  await writeFile(input, await makePackage(source));
  await signPackage({ input, output, privateKey: readPrivateKey(privateKeyPem), signedAt: new Date() });
  return new Blob([await readFile(output)]);
};
const start = async (marketplace: string) => {
  server = await startServer({
    dataDir: join(folder.path, "data"),
    environment: { PATCHBAY_MARKETPLACE_URL: marketplace },
  });
  owner = new Api(server.url);
  client = new PatchbayClient({ url: server.url, apiKey: BOOTSTRAP_KEY });
};
/** Looks for updates and makes those that are due; tells what is left of one plugin. */
const updated = async (id: string): Promise<unknown[]> => {
  const { planned } = (await owner.post(`${RULES}/run`)).body;
  return planned.filter((one: { plugin: string }) => one.plugin === id);
};

beforeAll(async () => {
  folder = await temporaryFolder();
  [honest, other] = await Promise.all([startRegistry(), startRegistry()]);
  const key = generateKeyPair();
  await honest.client.registry.createPublisher({ publisher: "acme", name: "Acme" });
  await honest.client.registry.addKey("acme", { publicKey: key.publicKey });
  for (const id of ["acme.box", "acme.tiles"])
    await honest.client.registry.publish(await signed(plugin(id, "1.0.0"), key.privateKeyPem));
  await other.publish(plugin("acme.box", "1.1.0"));
  await other.publish(plugin("acme.tiles", "9.0.0"));
  front = await startRelay(honest.server.url);
  await start(front.url);
  for (const id of ["acme.box", "acme.tiles"]) {
    await client.plugins.install({ plugin: id, grants: [] });
    await client.plugins.step(id, "enable");
  }
  await owner.put(RULES, { strategy: "all", minimumAgeHours: 0 });
});
afterAll(async () => {
  await server?.stop();
  await front?.stop();
  await Promise.all([honest?.stop(), other?.stop()]);
  await folder?.remove();
});

describe("a marketplace in whose place another one answers", () => {
  it("brings no version by itself that lacks the signature which the installed one has", async () => {
    expect(await client.plugins.get("acme.box")).toMatchObject({ trust: { state: "signed" } });
    front.target = other.server.url;
    // Whether a version is signed is known once it is here, and told from then on.
    await updated("acme.box");
    expect(await updated("acme.box")).toMatchObject([
      {
        version: "1.1.0",
        waitsFor: "policy",
        message: expect.stringContaining("as the installed version is"),
      },
    ]);
    for (const id of ["acme.box", "acme.tiles"])
      expect(await client.plugins.get(id)).toMatchObject({ version: "1.0.0", state: "enabled" });
  });

  it("brings it to those who want it", async () => {
    const { version, trust } = await client.plugins.update("acme.box", { version: "1.1.0" });
    expect([version, trust.state]).toEqual(["1.1.0", "unsigned"]);
  });
});

describe("a plugin whose marketplace is not asked any more", () => {
  it("stays as it is until somebody names a version that another one has", async () => {
    await server.stop();
    await start(other.server.url);
    expect(await updated("acme.box")).toEqual([]);
    await expect(client.plugins.update("acme.box", {})).rejects.toMatchObject({ code: "same_version" });
    await other.publish(plugin("acme.box", "1.2.0"));
    expect(await updated("acme.box")).toEqual([]);
    await expect(client.plugins.update("acme.box", {})).rejects.toMatchObject({ code: "same_version" });
    const { version } = await client.plugins.update("acme.box", { version: "1.2.0" });
    expect(version).toBe("1.2.0");
    await other.publish(plugin("acme.box", "1.3.0"));
    await owner.post("/api/orgs/default/updates/check");
    await updated("acme.box");
    expect((await client.plugins.get("acme.box")).version).toBe("1.3.0");
  });
});
