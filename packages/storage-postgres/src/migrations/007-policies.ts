import type { Migration } from "kysely/migration";
import { execute } from "./statements.ts";

/** Changes are told by what tells of organizations: to all who belong to them. */
const POLICIES = "alter table organizations add column policy json;";

export const policies: Migration = { up: (db) => execute(db, POLICIES) };
