import { createHmac, randomBytes } from "node:crypto";
import { mkdir, symlink } from "node:fs/promises";
import { startPostgresServer } from "@patchbay/storage-postgres/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Api } from "./support/api.ts";
import {
  ENDPOINT_PLUGIN,
  ENDPOINTS_OF,
  installEndpointPlugin,
  makeAddress,
} from "./support/endpoint-plugin.ts";
import { startServer, type TestServer, temporaryFolder } from "./support/server.ts";

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let postgresFolder: Awaited<ReturnType<typeof temporaryFolder>>;
let postgres: Awaited<ReturnType<typeof startPostgresServer>>;
const nodes: TestServer[] = [];
const node = (index: number): TestServer => nodes[index] as TestServer;
const api = () => new Api(node(0).url);

beforeAll(async () => {
  folder = await temporaryFolder();
  postgresFolder = await temporaryFolder();
  postgres = await startPostgresServer({ dir: postgresFolder.path });
  const environment = {
    PATCHBAY_DATABASE_URL: postgres.url,
    PATCHBAY_SECRET_KEY: randomBytes(32).toString("base64"),
  };
  await mkdir(`${folder.path}/artifacts`);
  for (const index of [0, 1]) {
    // As nodes that share a bucket.
    await mkdir(`${folder.path}/${index}`);
    await symlink(`${folder.path}/artifacts`, `${folder.path}/${index}/artifacts`);
    nodes.push(await startServer({ dataDir: `${folder.path}/${index}`, environment }));
  }
  await installEndpointPlugin(api());
});
afterAll(async () => {
  for (const one of nodes) await one.stop();
  await postgres?.stop();
  await Promise.all([folder?.remove(), postgresFolder?.remove()]);
});

const at = (index: number, url: string): string => `${node(index).url}${new URL(url).pathname}`;
const statusOf = async (url: string, key?: string) =>
  (await fetch(url, key === undefined ? {} : { headers: { "x-api-key": key } })).status;

it("answers on every node, and hears there at once of what was decided on another", async () => {
  const { id, url, secret } = await makeAddress(api(), "keyed");
  for (const index of [0, 1]) expect(await statusOf(at(index, url), secret)).toBe(200);
  const { body } = await api().post(`${ENDPOINTS_OF}/${id}/rotate`, { of: "secret", keptSeconds: 0 });
  await expect.poll(() => statusOf(at(1, url), secret)).toBe(401);
  expect(await statusOf(at(1, url), body.secret)).toBe(200);
  await api().call("PATCH", `${ENDPOINTS_OF}/${id}`, { enabled: false });
  await expect.poll(() => statusOf(at(1, url), body.secret)).toBe(404);
  const requests = async () =>
    (await new Api(node(1).url).get(`${ENDPOINTS_OF}/${id}/requests`)).body.items.length;
  await expect.poll(requests).toBeGreaterThanOrEqual(4);
});

it("delivers a message once, whichever nodes it comes to, also when one is killed afterwards", async () => {
  const { url, secret } = await makeAddress(api(), "signed");
  const time = String(Math.floor(Date.now() / 1_000));
  const key = Buffer.from(secret.slice("whsec_".length), "base64");
  const signature = `v1,${createHmac("sha256", key).update(`msg_1.${time}.{}`).digest("base64")}`;
  const headers = { "webhook-id": "msg_1", "webhook-timestamp": time, "webhook-signature": signature };
  const send = async (index: number) =>
    (await fetch(at(index, url), { method: "POST", body: "{}", headers })).status;
  const statuses = await Promise.all([0, 1, 0, 1].map(send));
  expect(statuses.filter((status) => status === 202)).toHaveLength(1);
  expect(statuses.every((status) => [202, 204, 409].includes(status))).toBe(true);
  await node(1).kill();
  expect(await send(0)).toBe(204);
  const seen = await api().post(`/api/orgs/default/tools/${ENDPOINT_PLUGIN}/seen`, {});
  expect(seen.body.output).toHaveLength(1);
});
