import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { SILENT } from "./contract/fixtures.ts";
import { describeDatabase, type ServerUnderTest } from "./database.contract.ts";
import { startEmbeddedPostgres } from "./embedded/index.ts";
import { PostgresDatabase } from "./postgres-database.ts";
import { startPostgresServer } from "./testing/index.ts";

const startEmbedded = async (): Promise<ServerUnderTest> => {
  const dir = mkdtempSync(join(tmpdir(), "patchbay-test-"));
  const server = await startEmbeddedPostgres({ dataDir: join(dir, "data"), log: SILENT_LAUNCHER });
  const stop = async () => {
    await server.stop();
    rmSync(dir, { recursive: true });
  };
  return { config: server.connection, stop };
};

const startByUrl = async (): Promise<ServerUnderTest> => {
  const dir = mkdtempSync(join(tmpdir(), "patchbay-test-"));
  const server = await startPostgresServer({ dir });
  const { hostname, port, username, password } = new URL(server.url);
  const stop = async () => {
    await server.stop();
    rmSync(dir, { recursive: true });
  };
  const config = { host: hostname, port: Number(port), user: username, password, database: "postgres" };
  return { config, stop };
};

const SILENT_LAUNCHER = { info: () => undefined, warn: () => undefined };

describeDatabase("a database on the embedded server", startEmbedded);
describeDatabase("a database on a server of the operator's own", startByUrl);

it("is unavailable while its server is away, and works again when it is back", async () => {
  const dir = mkdtempSync(join(tmpdir(), "patchbay-test-"));
  const start = () => startEmbeddedPostgres({ dataDir: join(dir, "data"), log: SILENT_LAUNCHER });
  let server = await start();
  const database = await PostgresDatabase.connect(server.connection, SILENT);
  const changes: string[] = [];
  database.changes.subscribe(({ kind }) => changes.push(kind));
  await server.stop();
  await expect(database.ping()).rejects.toMatchObject({ code: "unavailable" });
  server = await start();
  await database.ping();
  await expect.poll(() => changes, { timeout: 15_000 }).toEqual(["everything"]);
  await database.close();
  await server.stop();
  rmSync(dir, { recursive: true });
});
