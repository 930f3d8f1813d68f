import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { explain } from "./errors.ts";
import { startPostgresServer, type TestPostgresServer } from "./testing/postgres-server.ts";

let dir: string;
let server: TestPostgresServer;
let client: pg.Client;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "patchbay-errors-"));
  server = await startPostgresServer({ dir });
  client = new pg.Client({ connectionString: server.url });
  await client.connect();
});
afterAll(async () => {
  await client?.end();
  await server?.stop();
  await rm(dir, { recursive: true, force: true });
});

const codeOf = async (statement: string) => {
  const error = await client.query(statement).catch(explain);
  return (error as { code?: string }).code;
};
const raise = (state: string) => `do $$ begin raise exception 'e' using errcode = '${state}'; end $$`;

it("says what a caller can understand of a fault, and leaves the rest as it is", async () => {
  expect(await codeOf(raise("53100"))).toBe("insufficient_storage");
  expect(await codeOf("begin read only; create table t (a int)")).toBe("unavailable");
  await client.query("rollback");
  expect(await codeOf("select chr(0)")).toBe("54000");
  expect(await codeOf(raise("57P03"))).toBe("unavailable");
  expect(await codeOf("select 1/0")).toBe("22012");
});
