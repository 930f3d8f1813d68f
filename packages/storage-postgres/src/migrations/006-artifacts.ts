import type { Migration } from "kysely/migration";
import { execute } from "./statements.ts";

/**
 * What has been stored, and when somebody last said that it will be needed. A later migration whose tables name artifacts
 * replaces the view by one that has theirs too: what is in the table and not in the view is deleted.
 */
export const artifacts: Migration = {
  up: (db) =>
    execute(
      db,
      `
      create table artifacts (
        digest text primary key,
        claimed_at timestamptz not null default now()
      );
      create index artifacts_by_time on artifacts (claimed_at);
      create view artifact_references as
        select digest from packages
        union all select script_digest from packages where script_digest is not null
        union all select ui_digest from packages where ui_digest is not null
        union all select readme_digest from packages where readme_digest is not null
        union all select changelog_digest from packages where changelog_digest is not null
        union all select icon_digest from packages where icon_digest is not null;
      create index packages_by_digest on packages (digest);
      create index packages_by_script_digest on packages (script_digest) where script_digest is not null;
      create index packages_by_readme_digest on packages (readme_digest) where readme_digest is not null;
      create index packages_by_changelog_digest on packages (changelog_digest) where changelog_digest is not null;
      create index packages_by_icon_digest on packages (icon_digest) where icon_digest is not null;
      insert into artifacts (digest) select distinct digest from artifact_references;
      `,
    ),
};
