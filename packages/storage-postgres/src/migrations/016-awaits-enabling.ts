import type { Migration } from "kysely/migration";
import { execute } from "./statements.ts";

/** Whose request is approved is told when the plugin can be used. */
export const awaitsEnabling: Migration = {
  up: (db) =>
    execute(db, "alter table plugin_requests add column awaits_enabling boolean not null default false;"),
};
