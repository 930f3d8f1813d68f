import type { Migration } from "kysely/migration";
import { execute } from "./statements.ts";

/**
 * They go with the installation, as its log does. People, keys and projects may be gone: what they have called stays. What a chain began
 * with may be gone as well, or not be kept.
 */
const CALLS = `
  create table calls (
    id text collate "C" primary key,
    organization_id text not null,
    installation_id text not null references installations on delete cascade,
    plugin_id text not null,
    version text not null,
    kind text not null,
    name text not null,
    project text,
    user_id text,
    api_key_id text,
    caller text,
    surface text,
    path json,
    parent_id text collate "C",
    chain_id text collate "C" not null,
    trace_id text,
    at timestamptz(3) not null,
    duration_ms double precision not null,
    code text,
    input_bytes bigint,
    output_bytes bigint,
    input json,
    output json
  );
  create index calls_by_time on calls (organization_id, at desc, id desc);
  create index calls_of_plugin on calls (installation_id, at desc, id desc);
  create index calls_of_person on calls (organization_id, user_id, at desc, id desc) where user_id is not null;
  create index calls_of_chain on calls (chain_id) where parent_id is not null;
`;

export const calls: Migration = { up: (db) => execute(db, CALLS) };
