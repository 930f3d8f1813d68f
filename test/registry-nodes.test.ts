import { randomBytes } from "node:crypto";
import { startPostgresServer } from "@patchbay/storage-postgres/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Api } from "./support/api.ts";
import { makePackage } from "./support/packages.ts";
import { startServer, type TestServer, temporaryFolder } from "./support/server.ts";

const BASE = "/registry/v1";
const CODE = "export default { tools: {} };";

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let postgresFolder: Awaited<ReturnType<typeof temporaryFolder>>;
let postgres: Awaited<ReturnType<typeof startPostgresServer>>;
const nodes: TestServer[] = [];
let here: Api;
let there: Api;

beforeAll(async () => {
  folder = await temporaryFolder();
  postgresFolder = await temporaryFolder();
  postgres = await startPostgresServer({ dir: postgresFolder.path });
  const environment = {
    PATCHBAY_DATABASE_URL: postgres.url,
    PATCHBAY_SECRET_KEY: randomBytes(32).toString("base64"),
    PATCHBAY_ROLE: "registry",
  };
  for (const name of ["one", "two"])
    nodes.push(await startServer({ dataDir: `${folder.path}/${name}`, environment }));
  [here, there] = nodes.map(({ url }) => new Api(url)) as [Api, Api];
  await here.post(`${BASE}/publishers`, { publisher: "acme", name: "Acme" });
});
afterAll(async () => {
  for (const node of nodes) await node.stop();
  await postgres?.stop();
  await postgresFolder?.remove();
  await folder?.remove();
});

it("tells on every node what was changed on another, also of what that one has in memory", async () => {
  const publish = async (version: string) =>
    await here.upload(`${BASE}/packages`, await makePackage({ id: "acme.maps", version, code: CODE }));
  const seen = async (path: string) => (await there.get(`${BASE}/${path}`)).body;
  expect((await publish("1.0.0")).status).toBe(201);
  await expect.poll(async () => (await seen("packages/acme.maps")).latest).toBe("1.0.0");
  expect((await seen("search?q=maps")).items[0].latest).toBe("1.0.0");
  expect((await seen("publishers/acme")).packages).toEqual(["acme.maps"]);
  expect((await seen("blocklist")).items).toEqual([]);

  await publish("1.1.0");
  await expect.poll(async () => (await seen("packages/acme.maps")).latest).toBe("1.1.0");
  await expect.poll(async () => (await seen("search?q=maps")).items[0].latest).toBe("1.1.0");
  await here.post(`${BASE}/packages/acme.maps/versions/1.1.0/yank`, { reason: "Crashes." });
  await expect.poll(async () => (await seen("packages/acme.maps")).latest).toBe("1.0.0");
  await here.post(`${BASE}/blocklist`, { plugin: "acme.maps", versions: "<1.1.0", reason: "Steals." });
  await expect.poll(async () => (await seen("blocklist")).items.length).toBe(1);
});

it("lets one of two nodes publish a version, and refuses the other's bytes", async () => {
  const zips = await Promise.all(
    [CODE, `${CODE} `].map((code) => makePackage({ id: "acme.race", version: "1.0.0", code })),
  );
  const answers = await Promise.all(
    [here, there].map((node, index) => node.upload(`${BASE}/packages`, zips[index] ?? new Uint8Array())),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
});
