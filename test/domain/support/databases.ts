import pg from "pg";

/** The address of the PostgreSQL of a run of the tests. */
export const SERVER = "TEST_DOMAIN_DATABASE_SERVER";
const TEMPLATE = "patchbay_template";
/** Held by whoever makes the template, while others wait for it. */
const MAKING = 4700;

/**
 * The address of a new database, a copy of one that `prepare` has made its tables in, once in a run: copying takes a tenth of the time.
 */
export const createDatabase = async (prepare: (url: string) => Promise<void>): Promise<string> => {
  const server = process.env[SERVER];
  if (server === undefined) throw new Error("Domain tests run in vitest's project `domain`.");
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  try {
    await client.query("select pg_advisory_lock($1)", [MAKING]);
    const { rowCount } = await client.query("select from pg_database where datname = $1", [TEMPLATE]);
    if (rowCount === 0) await makeTemplate(client, server, prepare);
    const name = `domain_${crypto.randomUUID().replaceAll("-", "")}`;
    await client.query(`create database ${name} template ${TEMPLATE}`);
    return addressOf(server, name);
  } finally {
    await client.end();
  }
};

const makeTemplate = async (
  client: pg.Client,
  server: string,
  prepare: (url: string) => Promise<void>,
): Promise<void> => {
  const unfinished = `${TEMPLATE}_unfinished`;
  await client.query(`drop database if exists ${unfinished}`);
  await client.query(`create database ${unfinished}`);
  await prepare(addressOf(server, unfinished));
  await client.query(`alter database ${unfinished} rename to ${TEMPLATE}`);
};

const addressOf = (server: string, database: string): string => new URL(`/${database}`, server).href;
