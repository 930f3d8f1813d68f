import { type QueryExecutorProvider, sql } from "kysely";

/** A table that is in a database from before its restore begins until the transaction that brings everything. */
export const UNFINISHED_RESTORE = "patchbay_unfinished_restore";

/** Throws with an explanation when a restore into this database did not come to its end. */
export const requireNoUnfinishedRestore = async (db: QueryExecutorProvider): Promise<void> => {
  const { rows } = await sql<{ there: boolean }>`
    select to_regclass(${UNFINISHED_RESTORE}) is not null as there`.execute(db);
  if (rows[0]?.there === true)
    throw new Error(
      "A backup is being restored into this database, or that was broken off and nothing of it is there. " +
        `Run \`patchbay restore\` again; to start with an empty database instead, run "drop table ${UNFINISHED_RESTORE}" in it.`,
    );
};
