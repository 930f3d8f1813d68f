import type { Migration } from "kysely/migration";
import { execute } from "./statements.ts";

/** For which projects a version was brought by somebody who manages no others. */
export const broughtFor: Migration = {
  up: (db) => execute(db, `alter table packages add column brought_for text[];`),
};
