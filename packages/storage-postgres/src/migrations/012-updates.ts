import type { Migration } from "kysely/migration";
import { execute } from "./statements.ts";

/** What marketplaces warn of, and how organizations keep their plugins current. */
export const updates: Migration = {
  up: (db) =>
    execute(
      db,
      `
      create table marketplace_feeds (
        place text primary key,
        digest text not null,
        checked_at timestamptz(3) not null
      );
      create table advisories (
        place text not null references marketplace_feeds on delete cascade,
        advisory_id text collate "C" not null,
        plugin_ids text[] not null,
        body json not null,
        primary key (place, advisory_id)
      );
      create index advisories_by_plugin on advisories using gin (plugin_ids);
      create table blocked_versions (
        place text not null references marketplace_feeds on delete cascade,
        plugin_id text collate "C" not null,
        versions text not null,
        reason text not null,
        blocked_at text not null
      );
      create index blocked_versions_by_place on blocked_versions (place);
      create table auto_updates (
        organization_id text primary key references organizations on delete cascade,
        rules json,
        looked_at timestamptz(3)
      );
      create table auto_update_failures (
        installation_id text primary key references installations on delete cascade,
        version text not null,
        code text not null,
        message text not null,
        failed_at timestamptz(3) not null
      );
      `,
    ),
};
