import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startPostgresServer } from "../../../packages/storage-postgres/src/testing/postgres-server.ts";
import { SERVER } from "./databases.ts";

const BUILD_GUEST = join(import.meta.dirname, "../../../packages/guest/build.mjs");

/** Before and after all files of a run: one PostgreSQL for all of them, and the guest as it is now. */
export default async (): Promise<() => Promise<void>> => {
  execFileSync(process.execPath, [BUILD_GUEST]);
  const dir = mkdtempSync(join(tmpdir(), "patchbay-domain-"));
  const server = await startPostgresServer({ dir });
  process.env[SERVER] = server.url;
  return async () => {
    await server.stop();
    rmSync(dir, { recursive: true, force: true });
  };
};
