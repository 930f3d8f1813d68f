import type { Migration } from "kysely/migration";
import { execute } from "./statements.ts";

/** Where packages were got, what is offered there now, and what an organization shows to get at private ones. */
export const sources: Migration = {
  up: (db) =>
    execute(
      db,
      `
      alter table packages add column origin json;
      create table offers (
        organization_id text references organizations on delete cascade,
        source text not null,
        place text not null,
        plugin_id text collate "C" not null,
        version text collate "C" not null,
        version_key text collate "C" not null,
        badge text not null,
        digest text,
        size_bytes bigint,
        manifest json,
        yanked text,
        published_at timestamptz(3) not null,
        seen_at timestamptz(3) not null,
        unique nulls not distinct (plugin_id, organization_id, source, place, version)
      );
      create table source_tokens (
        organization_id text not null references organizations on delete cascade,
        source text not null,
        sealed text not null,
        primary key (organization_id, source)
      );
      `,
    ),
};
