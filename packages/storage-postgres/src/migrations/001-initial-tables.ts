import type { Migration } from "kysely/migration";
import { execute } from "./statements.ts";

/*
 * Ids and names are compared bytewise (collate "C"): the order of pages must not depend on the server's locale. Documents
 * are json, not jsonb: they come back as they were written, with their keys in order and \u0000 in place.
 */

const PEOPLE = `
  create table users (
    id text primary key,
    email text not null unique,
    name text not null,
    password_hash text,
    deployment_admin boolean not null,
    created_at timestamptz(3) not null default now()
  );
  create table sessions (
    token_hash text primary key,
    user_id text not null references users on delete cascade,
    expires_at timestamptz not null
  );
  create index sessions_by_user on sessions (user_id);
  create index sessions_by_end on sessions (expires_at);
  create table setup_links (
    token_hash text primary key,
    expires_at timestamptz not null
  );
  create table sign_in_attempts (
    id bigint generated always as identity primary key,
    subject text not null,
    at timestamptz not null
  );
  create index sign_in_attempts_by_subject on sign_in_attempts (subject, at);
  create index sign_in_attempts_by_time on sign_in_attempts (at);
`;

const ORGANIZATIONS = `
  create table organizations (
    id text primary key,
    slug text collate "C" not null unique,
    name text not null,
    created_at timestamptz(3) not null default now()
  );
  create table members (
    organization_id text not null references organizations on delete cascade,
    user_id text not null references users on delete cascade,
    role text not null,
    primary key (organization_id, user_id)
  );
  create index members_by_user on members (user_id);
  create table projects (
    id text primary key,
    organization_id text not null references organizations on delete cascade,
    slug text collate "C" not null,
    name text not null,
    created_at timestamptz(3) not null default now(),
    unique (organization_id, slug),
    unique (organization_id, id)
  );
  create table project_members (
    organization_id text not null,
    project_id text not null,
    user_id text not null,
    role text not null,
    primary key (organization_id, project_id, user_id),
    constraint project_members_project foreign key (organization_id, project_id)
      references projects (organization_id, id) on delete cascade,
    constraint project_members_member foreign key (organization_id, user_id)
      references members (organization_id, user_id) on delete cascade
  );
  create index project_members_by_user on project_members (organization_id, user_id);
  create table api_keys (
    id text primary key,
    token_hash text not null unique,
    name text not null,
    prefix text not null,
    user_id text not null references users on delete cascade,
    organization_id text not null references organizations on delete cascade,
    rights json not null,
    created_at timestamptz(3) not null default now(),
    expires_at timestamptz,
    last_used_at timestamptz
  );
  create index api_keys_by_organization on api_keys (organization_id, user_id);
  create index api_keys_by_user on api_keys (user_id);
`;

const CATALOG = `
  create table packages (
    id text primary key,
    organization_id text references organizations on delete cascade,
    plugin_id text collate "C" not null,
    version text collate "C" not null,
    version_key text collate "C" not null,
    prerelease boolean not null,
    digest text not null,
    size_bytes integer not null,
    script_digest text,
    manifest json not null,
    category text not null,
    source text not null,
    badge text not null,
    search_text text not null,
    created_at timestamptz(3) not null default now(),
    constraint packages_version unique nulls not distinct (plugin_id, version, organization_id)
  );
  create index packages_newest on packages (plugin_id, prerelease, version_key desc);
  create index packages_by_organization on packages (organization_id);
`;

const INSTALLATIONS = `
  create table installations (
    id text primary key,
    organization_id text not null references organizations on delete cascade,
    plugin_id text collate "C" not null,
    version text not null,
    previous json,
    state text not null,
    source text not null,
    badge text not null,
    scope json not null,
    grants json not null,
    transition json,
    last_error json,
    revision integer not null default 1,
    created_at timestamptz(3) not null default now(),
    updated_at timestamptz(3) not null default now(),
    unique (organization_id, plugin_id)
  );
  create index installations_by_plugin on installations (plugin_id);
  create index installations_in_transition on installations (id) where transition is not null;
  create table installation_settings (
    installation_id text not null references installations on delete cascade,
    project text collate "C",
    "values" json not null,
    secrets json not null,
    unique nulls not distinct (installation_id, project)
  );
`;

const PLUGIN_DATA = `
  create table plugin_usage (
    installation_id text primary key references installations on delete cascade,
    value_count integer not null default 0,
    file_count integer not null default 0,
    bytes bigint not null default 0
  );
  create table plugin_values (
    installation_id text not null references installations on delete cascade,
    key text collate "C" not null,
    value text not null,
    bytes integer not null,
    updated_at timestamptz(3) not null default now(),
    primary key (installation_id, key)
  );
  create table plugin_files (
    installation_id text not null references installations on delete cascade,
    path text collate "C" not null,
    content bytea not null,
    content_type text,
    bytes integer not null,
    updated_at timestamptz(3) not null default now(),
    primary key (installation_id, path)
  );
  create table plugin_logs (
    id bigint generated always as identity primary key,
    installation_id text not null references installations on delete cascade,
    at timestamptz not null,
    level smallint not null,
    message text not null,
    fields json,
    version text not null
  );
  create index plugin_logs_by_installation on plugin_logs (installation_id, id);
  create index plugin_logs_by_time on plugin_logs (at);
`;

const RECORDS = `
  create table audit_events (
    id bigint generated always as identity primary key,
    organization_id text,
    actor json not null,
    action text not null,
    plugin_id text collate "C",
    detail json not null,
    at timestamptz(3) not null default now()
  );
  create index audit_events_by_organization on audit_events (organization_id, id desc);
  create index audit_events_by_plugin on audit_events (organization_id, plugin_id, id desc);
  create table idempotency_keys (
    caller text not null,
    key text not null,
    request_hash text not null,
    response json,
    claimed_at timestamptz not null,
    primary key (caller, key)
  );
  create index idempotency_keys_by_time on idempotency_keys (claimed_at);
`;

export const initialTables: Migration = {
  up: (db) => execute(db, [PEOPLE, ORGANIZATIONS, CATALOG, INSTALLATIONS, PLUGIN_DATA, RECORDS].join("\n")),
};
