import pg from "pg";
import { DATABASE_ROLE } from "./cluster.ts";

/** How clients reach the embedded server; what `new pg.Pool` takes. */
export interface EmbeddedConnection {
  /** The folder of the server's Unix socket. */
  readonly host: string;
  readonly user: string;
  readonly database: string;
}

const DATABASE = "patchbay";
const CONNECT_DEADLINE_MS = 10_000;
const DUPLICATE_DATABASE = "42P04";

export const connectionTo = (socketFolder: string): EmbeddedConnection => ({
  host: socketFolder,
  user: DATABASE_ROLE,
  database: DATABASE,
});

/** Whether the server takes a connection and answers a query. */
export async function answers(socketFolder: string): Promise<boolean> {
  try {
    await query(socketFolder, "select 1");
    return true;
  } catch {
    // Whatever keeps it from answering, the caller's remedy is the same: a fresh server.
    return false;
  }
}

/** Creates Patchbay's database in a new cluster. */
export async function ensureDatabase(socketFolder: string): Promise<void> {
  const found = await query(socketFolder, "select 1 from pg_database where datname = $1", [DATABASE]);
  if (found.length > 0) return;
  try {
    await query(socketFolder, `create database ${DATABASE}`);
  } catch (error) {
    if (!(error instanceof pg.DatabaseError && error.code === DUPLICATE_DATABASE)) throw error;
  }
}

async function query(socketFolder: string, text: string, values: readonly string[] = []): Promise<unknown[]> {
  const client = new pg.Client({
    ...connectionTo(socketFolder),
    database: "postgres",
    connectionTimeoutMillis: CONNECT_DEADLINE_MS,
    query_timeout: CONNECT_DEADLINE_MS * 6,
  });
  // The server may end the connection while it is idle; the query then fails, and says so.
  client.on("error", () => undefined);
  await client.connect();
  try {
    return (await client.query(text, [...values])).rows;
  } finally {
    await client.end();
  }
}
