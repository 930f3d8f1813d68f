import type { DomainLog } from "@patchbay/core";
import {
  CamelCasePlugin,
  type Kysely,
  Kysely as KyselyDatabase,
  PostgresDialect,
  type PostgresPool,
} from "kysely";
import pg from "pg";
import { explain } from "./errors.ts";
import type { Tables } from "./tables.ts";

/** Work that several statements make up: in the transaction that is under way, else in one of its own. */
export const atomically = <T>(
  db: Kysely<Tables>,
  work: (transaction: Kysely<Tables>) => Promise<T>,
): Promise<T> => (db.isTransaction ? work(db) : db.transaction().execute(work));

/** The pool as Kysely sees it. What it throws is explained by `explain`. */
export const openDatabase = (pool: pg.Pool): Kysely<Tables> =>
  new KyselyDatabase<Tables>({
    dialect: new PostgresDialect({ pool: explaining(pool) }),
    plugins: [new CamelCasePlugin({ maintainNestedObjectKeys: true })],
  });

/** One connection as Kysely sees it, for work that also needs what Kysely does not know. It is the caller's to end. */
export const openConnection = (client: pg.Client): Kysely<unknown> => {
  const connection = {
    query: (text: string, values: unknown[]) => client.query(text, values),
    release: () => undefined,
  };
  const pool = { options: {}, connect: async () => connection, end: async () => undefined };
  return new KyselyDatabase<unknown>({
    dialect: new PostgresDialect({ pool: pool as unknown as PostgresPool }),
  });
};

/** A pool that outlives the connections that the server ends. */
export const openPool = (config: pg.PoolConfig, log: DomainLog): pg.Pool => {
  const pool = new pg.Pool(config);
  // The error carries the whole connection. While the pool ends, the server may be faster than the goodbye.
  pool.on("error", (error) => {
    if (!pool.ending) log.warn({ reason: error.message }, "An idle database connection was lost.");
  });
  // While a connection is in use its query fails with the same error; unheard, the event would end the process.
  pool.on("connect", (client) => client.on("error", () => undefined));
  return pool;
};

const explaining = (pool: pg.Pool): PostgresPool => {
  const rejected = (error: unknown): never => {
    throw explain(error);
  };
  const connect = async () => {
    const client = await pool.connect().catch(rejected);
    return {
      query: (text: string, values: unknown[]) => client.query(text, values).catch(rejected),
      release: (destroy?: boolean) => client.release(destroy),
    };
  };
  // Kysely's type also asks for cursors, which nothing here uses.
  return { options: pool.options, connect, end: () => pool.end() } as unknown as PostgresPool;
};
