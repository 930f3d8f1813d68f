import { type Kysely, sql } from "kysely";

/** Runs several statements, which take no parameters, in one round trip. */
export const execute = async (db: Kysely<unknown>, statements: string): Promise<void> => {
  await sql.raw(statements).execute(db);
};
