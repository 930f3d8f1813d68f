/**
 * A process that owns an embedded database, for tests that kill it: `node owner.fixture.ts DATA_DIR`. Writes one line of
 * JSON when the database is ready or has failed, and stops it on SIGTERM.
 */
import { DatabaseStartError, startEmbeddedPostgres } from "./index.ts";

const [dataDir = ""] = process.argv.slice(2);
const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);
const log = {
  info: (message: string) => say({ info: message }),
  warn: (message: string) => say({ warn: message }),
};

try {
  const database = await startEmbeddedPostgres({ dataDir, log, waitMs: 0 });
  say({ ready: true, pid: database.pid, adopted: database.adopted, host: database.connection.host });
  const stayAlive = setInterval(() => undefined, 60_000);
  process.once("SIGTERM", async () => {
    await database.stop();
    clearInterval(stayAlive);
  });
} catch (error) {
  if (!(error instanceof DatabaseStartError)) throw error;
  say({ failed: error.reason, message: error.message });
  process.exitCode = 1;
}
