import type { Migration } from "kysely/migration";
import { execute } from "./statements.ts";

/** Packages of before have no user interface: their manifests could not name views. */
export const uiBundles: Migration = {
  up: (db) =>
    execute(
      db,
      `
      alter table packages add column ui_digest text;
      create index packages_by_ui_digest on packages (ui_digest) where ui_digest is not null;
      `,
    ),
};
