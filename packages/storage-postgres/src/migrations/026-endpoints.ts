import type { Migration } from "kysely/migration";
import { execute } from "./statements.ts";

/** Addresses at which plugins answer requests from outside. One for a project goes with it. */
const ENDPOINTS = `
  create table endpoints (
    id text collate "C" primary key,
    organization_id text not null references organizations on delete cascade,
    installation_id text not null references installations on delete cascade,
    name text collate "C" not null,
    project text collate "C",
    title text not null,
    address text collate "C" not null unique,
    authentication text not null,
    enabled boolean not null,
    per_minute integer not null,
    max_body_bytes integer not null,
    max_seconds integer not null,
    origins json not null,
    keeps_bodies boolean not null,
    created_at timestamptz(3) not null default clock_timestamp(),
    constraint endpoints_project foreign key (organization_id, project)
      references projects (organization_id, slug) on delete cascade
  );
  create index endpoints_by_organization on endpoints (organization_id, created_at);
  create index endpoints_by_installation on endpoints (installation_id);
  create table endpoint_secrets (
    id text collate "C" primary key,
    endpoint_id text not null references endpoints on delete cascade,
    hint text not null,
    content text not null,
    created_at timestamptz(3) not null default clock_timestamp(),
    expires_at timestamptz(3)
  );
  create index endpoint_secrets_by_endpoint on endpoint_secrets (endpoint_id, created_at);
`;

/** What has come. `number` is the order in which it was written down. */
const REQUESTS = `
  create table endpoint_requests (
    number bigint generated always as identity primary key,
    id text collate "C" not null unique,
    endpoint_id text not null references endpoints on delete cascade,
    at timestamptz(3) not null,
    method text not null,
    path text not null,
    query text not null,
    headers json not null,
    status integer not null,
    duration_ms integer not null,
    request_bytes bigint not null,
    answer_bytes bigint not null,
    code text,
    message text,
    body bytea,
    replay_of text
  );
  create index endpoint_requests_by_endpoint on endpoint_requests (endpoint_id, number desc);
  create index endpoint_requests_by_time on endpoint_requests (at);
  create table endpoint_messages (
    endpoint_id text not null references endpoints on delete cascade,
    message_id text collate "C" not null,
    taken_until timestamptz(3),
    at timestamptz(3) not null default clock_timestamp(),
    primary key (endpoint_id, message_id)
  );
  create index endpoint_messages_by_time on endpoint_messages (at);
`;

const CHANGES = `
  create function patchbay_endpoints_changed() returns trigger language plpgsql as $body$
  declare changed record;
  begin
    if tg_op = 'DELETE' then changed := old; else changed := new; end if;
    perform pg_notify('patchbay_changes', json_strip_nulls(json_build_object(
      'kind', 'endpoint', 'id', changed.id, 'organization', changed.organization_id))::text);
    return null;
  end
  $body$;
  create trigger endpoints_changed after insert or update or delete on endpoints
    for each row execute function patchbay_endpoints_changed();
  create function patchbay_endpoint_secrets_changed() returns trigger language plpgsql as $body$
  declare changed record;
  begin
    if tg_op = 'DELETE' then changed := old; else changed := new; end if;
    perform pg_notify('patchbay_changes', json_strip_nulls(json_build_object(
      'kind', 'endpoint', 'id', changed.endpoint_id,
      'organization', (select organization_id from endpoints where id = changed.endpoint_id)))::text);
    return null;
  end
  $body$;
  create trigger endpoint_secrets_changed after insert or update or delete on endpoint_secrets
    for each row execute function patchbay_endpoint_secrets_changed();
  create function patchbay_endpoint_requests_added() returns trigger language plpgsql as $body$
  begin
    perform pg_notify('patchbay_changes', json_build_object(
      'kind', 'endpoint_request', 'id', endpoints.id, 'organization', endpoints.organization_id)::text)
      from endpoints where id in (select endpoint_id from added);
    return null;
  end
  $body$;
  create trigger endpoint_requests_added after insert on endpoint_requests referencing new table as added
    for each statement execute function patchbay_endpoint_requests_added();
`;

/** What plugins answer to requests from outside, who may ask, and what was asked. */
export const endpoints: Migration = {
  up: (db) => execute(db, [ENDPOINTS, REQUESTS, CHANGES].join("\n")),
};
