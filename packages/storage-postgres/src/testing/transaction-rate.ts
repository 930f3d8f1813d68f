import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";

/** Transactions a second in the database that `url` names, by whomever, over some seconds from now. */
export const transactionRate = async (url: string, seconds: number): Promise<number> => {
  const place = new URL(url);
  const watched = place.pathname.slice(1);
  // From another database, so that it does not count itself.
  place.pathname = "/template1";
  const client = new pg.Client({ connectionString: place.href });
  await client.connect();
  const count = async () => {
    const query = "select xact_commit + xact_rollback as n from pg_stat_database where datname = $1";
    return Number((await client.query<{ n: string }>(query, [watched])).rows[0]?.n);
  };
  try {
    const before = await count();
    const startedAt = performance.now();
    await sleep(seconds * 1_000);
    return ((await count()) - before) / ((performance.now() - startedAt) / 1_000);
  } finally {
    await client.end();
  }
};
