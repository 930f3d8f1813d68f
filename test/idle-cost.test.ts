import { randomBytes } from "node:crypto";
import { startPostgresServer, transactionRate } from "@patchbay/storage-postgres/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Api } from "./support/api.ts";
import { startServer, type TestServer, temporaryFolder } from "./support/server.ts";

/** With all that a node does by itself: that it lives, looks for what is due and for nodes that are gone, durable work, chores. */
const MAX_TRANSACTIONS_A_SECOND = 5;
const MEASURED_SECONDS = 20;

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let postgresFolder: Awaited<ReturnType<typeof temporaryFolder>>;
let postgres: Awaited<ReturnType<typeof startPostgresServer>>;
let server: TestServer;

beforeAll(async () => {
  folder = await temporaryFolder();
  postgresFolder = await temporaryFolder();
  postgres = await startPostgresServer({ dir: postgresFolder.path });
  server = await startServer({
    dataDir: folder.path,
    environment: {
      PATCHBAY_DATABASE_URL: postgres.url,
      PATCHBAY_SECRET_KEY: randomBytes(32).toString("base64"),
    },
  });
});
afterAll(async () => {
  await server?.stop();
  await postgres?.stop();
  await postgresFolder?.remove();
  await folder?.remove();
});

it("takes at most five transactions a second of the database for a node with nothing to do", async () => {
  const { body } = await new Api(server.url).get("/api/system/nodes");
  expect(body.items).toMatchObject([{ state: "alive" }]);
  const rate = () => transactionRate(postgres.url, MEASURED_SECONDS);
  // The start's own transactions are counted a while later.
  await expect.poll(rate, { timeout: 100_000 }).toBeLessThanOrEqual(MAX_TRANSACTIONS_A_SECOND);
  console.log(`${(await rate()).toFixed(1)} transactions a second`);
});
