import { randomBytes } from "node:crypto";
import { startPostgresServer, type TestPostgresServer } from "@patchbay/storage-postgres/testing";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Api } from "./support/api.ts";
import { makePackage } from "./support/packages.ts";
import { startServer, type TestServer, temporaryFolder } from "./support/server.ts";

const ID = "acme.slow";
const PLUGIN = `/api/orgs/default/plugins/${ID}`;
/** Starts after a second, so that the database can stop writing meanwhile. */
const CODE = `export default {
  async onActivate() { await new Promise((resolve) => setTimeout(resolve, 1_000)); },
  tools: { hello: { description: "h", run: () => "hello" } },
};`;
const FAILS = `export default {
  async onActivate() { await new Promise((resolve) => setTimeout(resolve, 1_000)); throw new Error("no"); },
  tools: { hello: { description: "h", run: () => "hello" } },
};`;

/** A database that answers and does not write, as one whose disk is full. */
describe("a change whose end cannot be written", () => {
  const folders: Awaited<ReturnType<typeof temporaryFolder>>[] = [];
  let postgres: TestPostgresServer;
  let server: TestServer;
  let api: Api;

  beforeAll(async () => {
    folders.push(await temporaryFolder(), await temporaryFolder());
    postgres = await startPostgresServer({ dir: folders[0]?.path ?? "" });
    server = await startServer({
      dataDir: folders[1]?.path ?? "",
      environment: {
        PATCHBAY_DATABASE_URL: postgres.url,
        PATCHBAY_SECRET_KEY: randomBytes(32).toString("base64"),
      },
    });
    api = new Api(server.url);
    const zip = await makePackage({ id: ID, code: CODE, tools: ["hello"] });
    await api.upload("/api/orgs/default/uploads", zip);
    await api.post("/api/orgs/default/plugins", { plugin: ID, grants: [] });
  });
  afterAll(async () => {
    await server?.stop();
    await postgres?.stop();
    for (const folder of folders) await folder.remove();
  });

  const setWriting = async (isOn: boolean) => {
    const client = new pg.Client({ connectionString: postgres.url });
    await client.connect();
    await client.query(`alter system set default_transaction_read_only = ${isOn ? "off" : "on"}`);
    await client.query("select pg_reload_conf()");
    await client.end();
  };
  const state = async () => (await api.get(PLUGIN)).body.state;

  it("is settled at once by who changes the installation next", async () => {
    const enabling = api.post(`${PLUGIN}/enable`);
    await expect.poll(state, { interval: 20 }).toBe("enabling");
    await setWriting(false);
    expect(await enabling).toMatchObject({ status: 503, body: { code: "unavailable" } });
    await setWriting(true);
    await expect
      .poll(() => api.post(`${PLUGIN}/disable`), { timeout: 2_500, interval: 50 })
      .toMatchObject({ status: 200, body: { state: "disabled" } });
  }, 60_000);

  it("keeps nobody from stopping what does not start, or from going over to what does", async () => {
    const of = (version: string, code: string) =>
      makePackage({ id: "acme.broken", version, code, tools: ["hello"] });
    await api.upload("/api/orgs/default/uploads", await of("1.0.0", FAILS));
    await api.post("/api/orgs/default/plugins", { plugin: "acme.broken", grants: [] });
    const broken = "/api/orgs/default/plugins/acme.broken";
    const enabling = api.post(`${broken}/enable`);
    await expect.poll(async () => (await api.get(broken)).body.state, { interval: 20 }).toBe("enabling");
    await setWriting(false);
    expect((await enabling).status).toBeGreaterThanOrEqual(500);
    await setWriting(true);
    await expect
      .poll(() => api.post(`${broken}/disable`), { timeout: 2_500, interval: 50 })
      .toMatchObject({ status: 200, body: { state: "disabled" } });
    await api.upload("/api/orgs/default/uploads", await of("1.0.1", CODE));
    expect(await api.post(`${broken}/update`, {})).toMatchObject({ status: 200, body: { version: "1.0.1" } });
    expect(await api.post(`${broken}/enable`)).toMatchObject({ status: 200 });
  }, 60_000);

  it("is settled within seconds once the database writes again", async () => {
    const enabling = api.post(`${PLUGIN}/enable`);
    await expect.poll(state, { interval: 20 }).toBe("enabling");
    await setWriting(false);
    expect((await enabling).status).toBeGreaterThanOrEqual(500);
    expect(await state()).toBe("enabling");
    await setWriting(true);
    await expect.poll(state, { timeout: 15_000 }).toBe("enabled");
    expect(await api.post(`/api/orgs/default/tools/${ID}/hello`, {})).toMatchObject({
      body: { output: "hello" },
    });
    expect(await api.post(`${PLUGIN}/disable`)).toMatchObject({ status: 200 });
  }, 60_000);
});
