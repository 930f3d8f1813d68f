import type { Migration } from "kysely/migration";
import { execute } from "./statements.ts";

/** Who is in the deployment, and whose turn is what is done once for all of it. */
const NODES = `
  create table nodes (
    id text primary key,
    node_id text not null,
    patchbay_version text not null,
    host text not null,
    pid integer not null,
    started_at timestamptz(3) not null default clock_timestamp(),
    seen_at timestamptz(3) not null default clock_timestamp(),
    left_at timestamptz(3),
    dead_at timestamptz(3),
    taken_over_by text,
    taken_over_at timestamptz(3),
    settled_at timestamptz(3)
  );
  create index nodes_unsettled on nodes (seen_at) where settled_at is null;
  create table jobs (
    name text primary key,
    ran_at timestamptz(3) not null,
    holder text
  );
`;

const SCHEDULES = `
  create table schedules (
    installation_id text not null references installations on delete cascade,
    name text collate "C" not null,
    timing json not null,
    missed text not null,
    next_at timestamptz(3),
    paused json,
    primary key (installation_id, name)
  );
  create index schedules_due on schedules (next_at) where next_at is not null and paused is null;
  create table schedule_runs (
    number bigint generated always as identity primary key,
    id text collate "C" not null unique,
    installation_id text not null references installations on delete cascade,
    name text collate "C" not null,
    trigger text not null,
    requested_by json,
    scheduled_at timestamptz(3) not null,
    state text not null,
    ticks integer not null default 1,
    attempt integer not null default 0,
    node_id text,
    queued_at timestamptz(3) not null default now(),
    started_at timestamptz(3),
    ended_at timestamptz(3),
    code text,
    message text
  );
  create unique index schedule_runs_open on schedule_runs (installation_id, name) where state in ('queued', 'running');
  create index schedule_runs_queued on schedule_runs (queued_at) where state = 'queued';
  create index schedule_runs_by_schedule on schedule_runs (installation_id, name, number desc);
  create index schedule_runs_by_end on schedule_runs (ended_at);
`;

const tell = (table: string, events: string): string => `
  create function patchbay_${table}_changed() returns trigger language plpgsql as $body$
  declare changed record;
  begin
    if tg_op = 'DELETE' then changed := old; else changed := new; end if;
    perform pg_notify('patchbay_changes', json_strip_nulls(json_build_object(
      'kind', 'schedule', 'id', changed.installation_id,
      'organization', (select organization_id from installations where id = changed.installation_id),
      'plugin', (select plugin_id from installations where id = changed.installation_id)))::text);
    return null;
  end
  $body$;
  create trigger ${table}_changed after ${events} on ${table}
    for each row execute function patchbay_${table}_changed();
`;

export const durableWork: Migration = {
  up: (db) =>
    execute(
      db,
      [
        NODES,
        SCHEDULES,
        tell("schedules", "insert or update or delete"),
        tell("schedule_runs", "insert or update"),
      ].join("\n"),
    ),
};
