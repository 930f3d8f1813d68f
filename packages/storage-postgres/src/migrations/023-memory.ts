import type { Migration } from "kysely/migration";
import { execute } from "./statements.ts";

/**
 * They go with the installation, and those of a person with the membership. `revision` counts whatever changes in a namespace. A name is
 * a person's if it begins so: what is found by name alone cannot be somebody else's.
 */
const MEMORIES = `
  create table memory_spaces (
    id text collate "C" primary key,
    installation_id text not null references installations on delete cascade,
    organization_id text not null,
    user_id text,
    name text collate "C" not null,
    entries integer not null default 0,
    bytes bigint not null default 0,
    revision bigint not null default 0,
    created_at timestamptz(3) not null default clock_timestamp(),
    constraint memory_spaces_name unique nulls not distinct (installation_id, user_id, name),
    constraint memory_spaces_whose check ((user_id is not null) = starts_with(name, 'me/')),
    constraint memory_spaces_member foreign key (organization_id, user_id) references members on delete cascade
  );
  create index memory_spaces_by_member on memory_spaces (organization_id, user_id) where user_id is not null;
  create table memories (
    place bigint generated always as identity primary key,
    id text collate "C" not null unique,
    space_id text collate "C" not null references memory_spaces on delete cascade,
    text text not null,
    metadata jsonb not null,
    citations json not null,
    digest text collate "C" not null,
    sense text collate "C" not null,
    expires_at timestamptz(3),
    model text collate "C",
    vector bytea,
    revision bigint not null,
    bytes integer not null,
    created_at timestamptz(3) not null default clock_timestamp(),
    updated_at timestamptz(3) not null default clock_timestamp(),
    words tsvector generated always as (to_tsvector('english', text) || to_tsvector('simple', text)) stored,
    unique (space_id, digest)
  );
  create index memories_by_place on memories (space_id, place);
  create index memories_by_sense on memories (space_id, sense);
  create index memories_by_model on memories (space_id, model);
  create index memories_by_revision on memories (space_id, revision);
  create index memories_by_expiry on memories (expires_at) where expires_at is not null;
  create index memories_by_words on memories using gin (words);
`;

/** What was changed, so that it can be told and undone. */
const CHANGES = `
  create table memory_changes (
    number bigint generated always as identity primary key,
    space_id text collate "C" not null references memory_spaces on delete cascade,
    memory_id text collate "C" not null,
    place bigint not null,
    revision bigint not null,
    change text collate "C" not null,
    kind text not null,
    by json not null,
    before json,
    after json,
    bytes integer not null,
    at timestamptz(3) not null default clock_timestamp()
  );
  create index memory_changes_by_space on memory_changes (space_id, number desc);
  create index memory_changes_by_memory on memory_changes (space_id, memory_id, number desc);
  create index memory_changes_by_change on memory_changes (space_id, change);
  create index memory_changes_by_revision on memory_changes (space_id, revision) where after is null;
  create index memory_changes_by_time on memory_changes (at);
`;

/** The messages are there until it has ended. */
const EXTRACTIONS = `
  create table memory_extractions (
    id text collate "C" primary key,
    installation_id text not null references installations on delete cascade,
    space_id text collate "C" not null references memory_spaces on delete cascade,
    model text,
    project text,
    user_id text collate "C",
    api_key_id text collate "C",
    messages json,
    state text not null default 'queued',
    attempts integer not null default 0,
    report json,
    error json,
    created_at timestamptz(3) not null default clock_timestamp(),
    touched_at timestamptz(3) not null default clock_timestamp(),
    ended_at timestamptz(3)
  );
  create index memory_extractions_by_space on memory_extractions (space_id);
  create index memory_extractions_open on memory_extractions (installation_id) where ended_at is null;
  create index memory_extractions_left on memory_extractions (touched_at) where ended_at is null;
  create index memory_extractions_by_end on memory_extractions (ended_at);
`;

/** What goes with a namespace is counted by the database, whoever takes it away; what comes is counted where it is held against the quota. */
const USAGE = `
  create function patchbay_memory_spaces_gone() returns trigger language plpgsql as $body$
  begin
    perform from plugin_usage where installation_id in (select installation_id from gone)
      order by installation_id for update;
    update plugin_usage as usage
      set bytes = usage.bytes - sums.bytes
      from (select installation_id, sum(bytes) as bytes from gone group by installation_id) as sums
      where usage.installation_id = sums.installation_id;
    return null;
  end
  $body$;
  -- As for conversations: what is counted is locked before what is counted.
  create or replace function patchbay_member_leaves() returns trigger language plpgsql as $body$
  begin
    perform from plugin_usage
      where installation_id in (
        select installation_id from conversations
        where organization_id = old.organization_id and user_id = old.user_id
        union select installation_id from memory_spaces
        where organization_id = old.organization_id and user_id = old.user_id)
      order by installation_id for update;
    return old;
  end
  $body$;
  create trigger memory_spaces_gone after delete on memory_spaces referencing old table as gone
    for each statement execute function patchbay_memory_spaces_gone();
`;

/** What plugins keep in mind of what they were told, by namespace. */
export const memory: Migration = {
  up: (db) => execute(db, [MEMORIES, CHANGES, EXTRACTIONS, USAGE].join("\n")),
};
