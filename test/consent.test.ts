import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { PatchbayClient } from "@patchbay/api-client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Api } from "./support/api.ts";
import { makePackage, type PluginSource } from "./support/packages.ts";
import { BOOTSTRAP_KEY, startServer, type TestServer, temporaryFolder } from "./support/server.ts";

/** What each of two servers was sent as authorization. */
const received: Record<"first" | "second", string[]> = { first: [], second: [] };
const listening: Server[] = [];
const address: Record<"first" | "second", string> = { first: "", second: "" };
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let server: TestServer;
let owner: Api;
let client: PatchbayClient;

beforeAll(async () => {
  for (const name of ["first", "second"] as const) {
    const http = createServer((request, response) => {
      received[name].push(request.headers.authorization ?? "");
      response.end("ok");
    });
    http.listen(0, "127.0.0.1");
    await once(http, "listening");
    listening.push(http);
    address[name] = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  }
  folder = await temporaryFolder();
  server = await startServer({
    dataDir: folder.path,
    environment: { PATCHBAY_EGRESS_ALLOW_PRIVATE: "127.0.0.1" },
  });
  owner = new Api(server.url);
  client = new PatchbayClient({ url: server.url, apiKey: BOOTSTRAP_KEY });
});
afterAll(async () => {
  await server?.stop();
  for (const http of listening) http.close();
  await folder?.remove();
});

const SEND = `export default { tools: { send: { description: "Sends.", async run({ to }, { settings }) {
  return (await fetch(to, { headers: { authorization: settings.key } })).status;
} } } };`;
const sender = (id: string, version: string, hosts: readonly string[], more: object = {}): PluginSource => ({
  id,
  version,
  code: SEND.replace("Sends.", `Sends, ${version}.`),
  tools: ["send"],
  manifest: {
    permissions: { required: [{ name: "net.fetch", hosts: ["*", "127.0.0.1"] }] },
    settings: { type: "object", properties: { key: { type: "string", format: "secret", hosts } } },
    ...more,
  },
});
const upload = async (source: PluginSource) => {
  const answer = await owner.upload("/api/orgs/default/uploads", await makePackage(source));
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
};
const at = (id: string, path = "") => `/api/orgs/default/plugins/${id}${path}`;
const send = (id: string, to: string) => owner.post(`/api/orgs/default/tools/${id}/send`, { input: { to } });
const start = async (id: string, hosts: readonly string[], secret = "the-secret") => {
  await upload(sender(id, "1.0.0", hosts));
  await client.plugins.install({ plugin: id, grants: ["net.fetch"] });
  expect(await owner.put(at(id, "/settings"), { key: secret })).toMatchObject({ status: 200 });
  await client.plugins.step(id, "enable");
};

describe("a secret", () => {
  it("goes to a host that only a new version names when somebody has agreed to that", async () => {
    const id = "consent.secret";
    await start(id, [address.first]);
    expect(await send(id, address.first)).toMatchObject({ status: 200 });
    await upload(sender(id, "1.0.1", [address.first, address.second]));
    const missing = [{ name: "secret.hosts", setting: "/key", hosts: [address.second] }];
    expect((await owner.get(at(id))).body.update).toEqual({ version: "1.0.1", missing });
    const refused = await owner.post(at(id, "/update"), {});
    expect(refused).toMatchObject({ status: 409, body: { code: "grants_required", missing } });
    expect(refused.body.detail).toContain(address.second);
    expect((await owner.get(at(id))).body.version).toBe("1.0.0");
    const strange = [{ ...missing[0], hosts: ["evil.example"] }];
    expect(await owner.post(at(id, "/update"), { grants: strange })).toMatchObject({
      body: { code: "grant_invalid" },
    });
    expect(await owner.post(at(id, "/update"), { grants: missing })).toMatchObject({ status: 200 });
    expect(await send(id, address.second)).toMatchObject({ status: 200 });
    expect(received.second).toEqual(["the-secret"]);
  });

  it("goes nowhere new after an update that was agreed to without it, until it is set again", async () => {
    const id = "consent.narrow";
    await start(id, [address.first], "narrow");
    await upload(sender(id, "1.0.1", [address.second]));
    const without = [{ name: "secret.hosts", setting: "/key", hosts: [] }];
    expect(await owner.post(at(id, "/update"), { grants: without })).toMatchObject({ status: 200 });
    expect(await send(id, address.second)).toMatchObject({ body: { code: "secret_refused" } });
    await owner.put(at(id, "/settings"), { key: "set again" });
    expect(await send(id, address.second)).toMatchObject({ status: 200 });
    expect(received.second).not.toContain("narrow");
    expect(received.second).toContain("set again");
  });

  it("is taken back from the hosts of a version that is taken back", async () => {
    const id = "consent.back";
    await start(id, [address.first], "back");
    await upload(sender(id, "1.0.1", [address.first, address.second]));
    await client.plugins.update(id, { grants: ["secret.hosts"] });
    await client.plugins.step(id, "rollback");
    expect(await send(id, address.first)).toMatchObject({ status: 200 });
    expect(await owner.post(at(id, "/update"), {})).toMatchObject({ body: { code: "grants_required" } });
  });

  it("that comes with the update needs no other word", async () => {
    const id = "consent.anew";
    await start(id, [address.first], "old");
    await upload(sender(id, "1.0.1", [address.second]));
    expect(await owner.post(at(id, "/update"), { settings: { key: "new" } })).toMatchObject({ status: 200 });
    expect(await send(id, address.second)).toMatchObject({ status: 200 });
    expect(received.second).toContain("new");
  });
});

describe("an update with settings", () => {
  const counted = (version: string, properties: object, code = "export default {};"): PluginSource => ({
    id: "consent.settings",
    version,
    code,
    manifest: { settings: { type: "object", properties, required: Object.keys(properties) } },
  });

  it("brings what the new version requires in one step, and nothing when it fails", async () => {
    const id = "consent.settings";
    await upload(counted("1.0.0", { days: { type: "integer" } }));
    await client.plugins.install({ plugin: id, grants: [], settings: { days: 3 } });
    await client.plugins.step(id, "enable");
    const place = { place: { type: "string" }, days: { type: "integer", maximum: 2 } };
    await upload(counted("2.0.0", place, "export default { onActivate() { throw new Error('no'); } };"));
    await upload(counted("2.0.1", place));
    const values = async () => (await owner.get(at(id, "/settings"))).body.values;
    expect(await owner.post(at(id, "/update"), {})).toMatchObject({ body: { code: "settings_invalid" } });
    const mended = { place: "Oslo", days: 2 };
    const failing = { version: "2.0.0", settings: mended };
    expect(await owner.post(at(id, "/update"), failing)).toMatchObject({
      body: { code: "activation_failed" },
    });
    expect(await values()).toEqual({ days: 3 });
    const wrong = { version: "2.0.1", settings: { place: 7 } };
    expect(await owner.post(at(id, "/update"), wrong)).toMatchObject({ status: 422 });
    const right = { version: "2.0.1", settings: mended };
    expect(await owner.post(at(id, "/update"), right)).toMatchObject({
      status: 200,
      body: { state: "enabled", version: "2.0.1" },
    });
    expect(await values()).toEqual(mended);
  });

  it("shows what a version does not accept of the stored values, and lets one be mended without the others", async () => {
    const id = "consent.faults";
    const plugin = (version: string, type: string): PluginSource => ({
      id,
      version,
      code: "export default {};",
      manifest: {
        settings: { type: "object", properties: { a: { type }, b: { type }, c: { type: "boolean" } } },
      },
    });
    await upload(plugin("1.0.0", "string"));
    await client.plugins.install({ plugin: id, grants: [], settings: { a: "x", b: "y" } });
    await upload(plugin("2.0.0", "integer"));
    await client.plugins.update(id, {});
    const settings = async () => (await owner.get(at(id, "/settings"))).body;
    expect((await settings()).faults).toMatchObject([
      { pointer: "/a", origin: "organization", value: "x" },
      { pointer: "/b", origin: "organization", value: "y" },
    ]);
    expect(await owner.put(at(id, "/settings"), { c: true })).toMatchObject({ status: 200 });
    expect(await owner.put(at(id, "/settings"), { a: 1 })).toMatchObject({ status: 200 });
    expect(await owner.put(at(id, "/settings"), { b: "z" })).toMatchObject({ status: 422 });
    expect(await settings()).toMatchObject({
      values: { a: 1, c: true },
      faults: [{ pointer: "/b", value: "y" }],
    });
    await client.plugins.step(id, "rollback");
    expect((await settings()).values).toMatchObject({ b: "y" });
  });
});
