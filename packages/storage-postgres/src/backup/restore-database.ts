import { finished } from "node:stream/promises";
import type { BackupManifestDto } from "@patchbay/protocol";
import { sql } from "kysely";
import pg from "pg";
import { type CopyStreamQuery, from as copyFrom } from "pg-copy-streams";
import { openConnection } from "../connection.ts";
import { CONNECT_TIMEOUT_MS, DURABLE_SCHEMA } from "../limits.ts";
import { MIGRATION_LOCK, migrateTo } from "../migrations/index.ts";
import { checkServer } from "../postgres-database.ts";
import { copied, PLAIN_FORM, quoted, readForm } from "./form.ts";
import { UNFINISHED_RESTORE } from "./unfinished-restore.ts";

/** Held while rows are written; any number will do that nothing else locks. */
const RESTORE_LOCK = 7_072_848_230;

/**
 * Nobody knows what has run since the backup was made: schedules begin anew, each with its next tick from when a server starts, whatever they
 * say of ticks that were missed; and what was under way is not made once more.
 */
const SETTLE_SCHEDULES = `
  update schedules set next_at = null;
  update schedule_runs set state = 'cancelled', ended_at = now(),
    message = 'It was under way when the backup was made that this was restored from.'
  where state in ('queued', 'running');
`;

export interface RestoreOptions {
  /** Whether whatever the database holds goes first: for one that is nobody else's. */
  readonly replace: boolean;
}

/** Takes the rows of tables, one table after the other in the order of the manifest. */
export type RowWriter = (table: string, bytes: Uint8Array) => Promise<void>;

/**
 * Fills an empty database with what a backup holds. `bring` is to hand over all rows, and to throw unless all of it was whole: then
 * the database is as it was, but for a mark with which no server starts on it. With the rows the mark goes, in one transaction. Throws with
 * an explanation when the database has tables of Patchbay, the backup is of a newer one, or another restore is under way.
 */
export const restoreDatabase = async (
  config: pg.ClientConfig,
  manifest: BackupManifestDto,
  { replace }: RestoreOptions,
  bring: (write: RowWriter) => Promise<void>,
): Promise<void> => {
  const full = {
    application_name: "patchbay restore",
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    ...config,
  };
  await checkServer(full).catch((error: unknown) => {
    throw new Error(`The database cannot be used: ${error instanceof Error ? error.message : error}`, {
      cause: error,
    });
  });
  const client = new pg.Client(full);
  client.on("error", () => undefined);
  await client.connect();
  try {
    await claim(client, replace);
    await openConnection(client)
      .transaction()
      .execute(async (transaction) => {
        await sql.raw(PLAIN_FORM).execute(transaction);
        const before = new Set(await tablesIn(client));
        await migrateTo(transaction, manifest.migrations);
        const made = (await tablesIn(client)).filter((table) => !before.has(table));
        await requireSameForm(client, manifest, made);
        await loadRows(client, manifest, made, bring);
        if (made.includes("schedules")) await sql.raw(SETTLE_SCHEDULES).execute(transaction);
        await sql.raw(`drop table ${UNFINISHED_RESTORE}`).execute(transaction);
      });
  } finally {
    await client.end();
  }
};

/** Marks the database. Servers that start at this time, which bring the tables up to date, wait or are waited for. */
const claim = async (client: pg.Client, replace: boolean): Promise<void> => {
  const lock = await client.query<{ free: boolean }>("select pg_try_advisory_lock($1) as free", [
    RESTORE_LOCK,
  ]);
  if (lock.rows[0]?.free !== true) throw new Error("Another restore into this database is under way.");
  await client.query("select pg_advisory_lock($1)", [MIGRATION_LOCK]);
  try {
    await client.query("begin");
    if (replace) await client.query("drop schema public cascade; create schema public");
    // What was under way belongs to what was here before.
    await client.query(`drop schema if exists ${DURABLE_SCHEMA} cascade`);
    if ((await tablesIn(client)).includes("kysely_migration"))
      throw new Error(
        "The database holds tables of Patchbay already. Name an empty one: what is there is never replaced.",
      );
    await client.query(`create table if not exists ${UNFINISHED_RESTORE} (); commit`);
  } finally {
    await client.query("select pg_advisory_unlock($1)", [MIGRATION_LOCK]).catch(() => undefined);
  }
};

const tablesIn = async (client: pg.Client): Promise<string[]> => {
  const { rows } = await client.query<{ name: string }>(
    "select tablename as name from pg_tables where schemaname = current_schema()",
  );
  return rows.map(({ name }) => name);
};

/** Names of tables and columns come from a file: only those are written to that were just made. */
const requireSameForm = async (
  client: pg.Client,
  { tables, counters }: BackupManifestDto,
  made: readonly string[],
): Promise<void> => {
  const names = tables.map(({ name }) => name);
  const here = await readForm(
    client,
    names.filter((name) => made.includes(name)),
  );
  const known = new Map(here.tables.map((table) => [table.name, copied(table)]));
  const strange =
    tables.find((table) => known.get(table.name) !== copied(table))?.name ??
    counters.find(({ table, column }) => {
      const found = tables.find(({ name }) => name === table);
      return found?.columns.includes(column) !== true;
    })?.table;
  if (strange !== undefined)
    throw new Error(`The backup's table ${strange} is none of the Patchbay that it says it comes from.`);
};

/** Triggers only tell of changes, and nobody listens yet. */
const loadRows = async (
  client: pg.Client,
  { tables, counters }: BackupManifestDto,
  made: readonly string[],
  bring: (write: RowWriter) => Promise<void>,
): Promise<void> => {
  for (const table of made) await client.query(`alter table ${quoted(table)} disable trigger user`);
  const copies = new Map(tables.map((table) => [table.name, `copy ${copied(table)} from stdin`]));
  let open: { readonly table: string; readonly copy: Copy } | undefined;
  await bring(async (table, bytes) => {
    if (open?.table !== table) {
      await open?.copy.end();
      open = { table, copy: new Copy(client, copies.get(table) ?? "") };
    }
    await open.copy.write(bytes);
  });
  await open?.copy.end();
  for (const { table, column, value } of counters)
    await client.query("select setval(pg_get_serial_sequence($1, $2)::regclass, $3)", [table, column, value]);
  for (const table of made) await client.query(`alter table ${quoted(table)} enable trigger user`);
};

/** One COPY into the database. */
class Copy {
  readonly #stream: CopyStreamQuery;
  readonly #done: Promise<void>;

  constructor(client: pg.Client, query: string) {
    this.#stream = client.query(copyFrom(query));
    this.#done = finished(this.#stream, { readable: false });
    this.#done.catch(() => undefined);
  }

  /** Comes back when there is room for more. Throws what the database says to any of the rows so far. */
  async write(bytes: Uint8Array): Promise<void> {
    const written = new Promise<void>((resolve, reject) => {
      this.#stream.write(bytes, (error) => (error ? reject(error) : resolve()));
    });
    // A refused COPY leaves writes waiting for ever.
    await Promise.race([written, this.#done]);
  }

  async end(): Promise<void> {
    this.#stream.end();
    await this.#done;
  }
}
