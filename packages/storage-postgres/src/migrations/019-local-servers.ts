import type { Migration } from "kysely/migration";
import { execute } from "./statements.ts";

/** Addresses on the server's own machine that plugins were allowed to reach. */
export const localServers: Migration = {
  up: (db) => execute(db, "alter table installation_settings add column local json not null default '{}';"),
};
