import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { expect, it } from "vitest";
import { startPostgresServer } from "./postgres-server.ts";

async function withClient<T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

it("gives a database that takes its password and no other, and is gone after stop", async () => {
  const dir = mkdtempSync(join(tmpdir(), "patchbay-test-"));
  try {
    const server = await startPostgresServer({ dir });
    const rows = await withClient(server.url, async (client) => (await client.query("select 1 as one")).rows);
    expect(rows).toEqual([{ one: 1 }]);
    const wrong = new URL(server.url);
    wrong.password = "wrong";
    await expect(withClient(wrong.href, async () => undefined)).rejects.toMatchObject({ code: "28P01" });
    await server.stop();
    await expect(withClient(server.url, async () => undefined)).rejects.toMatchObject({
      code: "ECONNREFUSED",
    });
  } finally {
    rmSync(dir, { recursive: true });
  }
});
