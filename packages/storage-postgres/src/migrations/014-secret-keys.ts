import type { Migration } from "kysely/migration";
import { execute } from "./statements.ts";

/** What tells the secret keys apart that have sealed something here. */
export const secretKeys: Migration = {
  up: (db) => execute(db, `create table secret_keys (fingerprint text collate "C" primary key);`),
};
