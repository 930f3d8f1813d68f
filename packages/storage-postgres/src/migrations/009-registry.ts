import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";
import { execute } from "./statements.ts";

const PUBLISHERS = `
  create table registry_publishers (
    publisher text collate "C" primary key,
    name text not null,
    url text,
    owner_id text references users on delete set null,
    challenge text not null,
    proofs json not null,
    created_at timestamptz(3) not null default now()
  );
  create index registry_publishers_by_owner on registry_publishers (owner_id);
  create table registry_publisher_keys (
    publisher text collate "C" not null references registry_publishers on delete cascade,
    key_id text not null,
    public_key text not null,
    endorsement json,
    revoked json,
    created_at timestamptz(3) not null,
    primary key (publisher, key_id)
  );
  create table registry_tokens (
    id text primary key,
    publisher text collate "C" not null references registry_publishers on delete cascade,
    name text not null,
    prefix text not null,
    token_hash text not null unique,
    created_at timestamptz(3) not null default now(),
    expires_at timestamptz
  );
  create index registry_tokens_by_publisher on registry_tokens (publisher);
`;

/**
 * What a search looks at is computed by the database. Names count as they are written, so that they are found by their
 * beginnings; descriptions by their words' stems too. \`popularity\` orders what fits equally well, and says which of very many
 * fitting packages are looked at at all.
 */
const PACKAGES = `
  create table registry_packages (
    plugin_id text collate "C" primary key,
    publisher text collate "C" not null references registry_publishers,
    badge text not null,
    latest text not null,
    name text not null,
    description text not null,
    author json not null,
    category text not null,
    keywords json not null,
    license text,
    has_icon boolean not null,
    installs bigint not null default 0,
    deprecated json,
    created_at timestamptz(3) not null default now(),
    updated_at timestamptz(3) not null default now(),
    search_keywords text not null,
    folded_name text collate "C" generated always as (lower(name)) stored,
    names text generated always as (lower(name || ' ' || plugin_id)) stored,
    name_words tsvector generated always as (
      to_tsvector('simple', translate(plugin_id, '.-', '  ') || ' ' || name)
    ) stored,
    words tsvector generated always as (
      setweight(to_tsvector('simple', translate(plugin_id, '.-', '  ') || ' ' || name), 'A')
      || setweight(to_tsvector('simple', search_keywords), 'B')
      || setweight(to_tsvector('english', description), 'D')
    ) stored,
    popularity double precision generated always as (
      ln(1 + installs)
      + case badge when 'official' then 2 when 'partner' then 1 else 0 end
      - case when deprecated is null then 0 else 10 end
    ) stored
  );
  create index registry_packages_by_words on registry_packages using gin (words) with (fastupdate = off);
  create index registry_packages_by_name_words on registry_packages using gin (name_words)
    with (fastupdate = off);
  create index registry_packages_by_trigrams on registry_packages
    using gin (names gin_trgm_ops) with (fastupdate = off);
  create index registry_packages_by_name on registry_packages (folded_name);
  create index registry_packages_by_popularity on registry_packages (popularity desc, plugin_id desc);
  create index registry_packages_by_category on registry_packages (category, popularity desc, plugin_id desc);
  create index registry_packages_by_badge on registry_packages (badge, popularity desc, plugin_id desc);
  create index registry_packages_counted on registry_packages (category, badge);
  create index registry_packages_by_publisher on registry_packages (publisher, plugin_id);
  create index registry_packages_by_installs on registry_packages (installs desc, plugin_id desc);
  create index registry_packages_by_update on registry_packages (updated_at desc, plugin_id desc);
  create table registry_versions (
    plugin_id text collate "C" not null references registry_packages,
    version text collate "C" not null,
    version_key text collate "C" not null,
    prerelease boolean not null,
    digest text not null,
    size_bytes integer not null,
    readme_digest text,
    changelog_digest text,
    icon_digest text,
    icon_type text,
    signed_by text,
    yanked text,
    manifest json not null,
    published_at timestamptz(3) not null default now(),
    primary key (plugin_id, version)
  );
  create index registry_versions_by_digest on registry_versions (digest);
  create index registry_versions_by_readme on registry_versions (readme_digest) where readme_digest is not null;
  create index registry_versions_by_changelog on registry_versions (changelog_digest)
    where changelog_digest is not null;
  create index registry_versions_by_icon on registry_versions (icon_digest) where icon_digest is not null;
`;

const SUBMISSIONS = `
  create table registry_submissions (
    id bigint generated always as identity primary key,
    publisher text collate "C" not null references registry_publishers on delete cascade,
    plugin_id text collate "C" not null,
    version text collate "C" not null,
    digest text not null,
    state text not null,
    findings json not null,
    held json,
    held_digests text[] not null default '{}',
    decided_by json,
    reason text,
    created_at timestamptz(3) not null default now()
  );
  create index registry_submissions_by_publisher on registry_submissions (publisher, id desc);
  create index registry_submissions_held on registry_submissions (plugin_id, version)
    where state = 'quarantined';
`;

const NOTICES = `
  create table registry_advisories (
    id text collate "C" primary key,
    publisher text collate "C",
    document json not null,
    modified timestamptz not null
  );
  create table registry_blocks (
    plugin_id text collate "C" not null,
    versions text not null,
    reason text not null,
    at timestamptz(3) not null default now(),
    primary key (plugin_id, versions)
  );
`;

const ARTIFACT_REFERENCES = `
  create or replace view artifact_references as
    select digest from packages
    union all select script_digest from packages where script_digest is not null
    union all select ui_digest from packages where ui_digest is not null
    union all select readme_digest from packages where readme_digest is not null
    union all select changelog_digest from packages where changelog_digest is not null
    union all select icon_digest from packages where icon_digest is not null
    union all select digest from registry_versions
    union all select readme_digest from registry_versions where readme_digest is not null
    union all select changelog_digest from registry_versions where changelog_digest is not null
    union all select icon_digest from registry_versions where icon_digest is not null
    union all select unnest(held_digests) from registry_submissions where state = 'quarantined';
`;

/** Tells every node what of the registry it may no longer keep in memory; \`id\` says which document. */
const notify = (table: string, events: string, id: string): string => `
  create function patchbay_${table}_changed() returns trigger language plpgsql as $body$
  declare changed ${table};
  begin
    changed := case tg_op when 'DELETE' then old else new end;
    perform pg_notify('patchbay_changes', json_build_object('kind', 'registry', 'id', ${id})::text);
    return null;
  end
  $body$;
  create trigger ${table}_changed after ${events} on ${table}
    for each row execute function patchbay_${table}_changed();
`;

const ANYTHING = "insert or update or delete";
/** Not \`installs\`, which is counted all the time. */
const PACKAGE_CHANGES =
  "insert or delete or update of badge, latest, name, description, author, category, keywords, license, has_icon, deprecated";

const TRIGGERS = [
  notify("registry_publishers", ANYTHING, "'publishers/' || changed.publisher"),
  notify("registry_publisher_keys", ANYTHING, "'publishers/' || changed.publisher"),
  notify("registry_packages", PACKAGE_CHANGES, "'packages/' || changed.plugin_id"),
  notify("registry_versions", ANYTHING, "'packages/' || changed.plugin_id"),
  notify("registry_advisories", ANYTHING, "'advisories'"),
  notify("registry_blocks", ANYTHING, "'blocklist'"),
].join("\n");

export const registry: Migration = {
  up: async (db) => {
    await addTrigrams(db);
    await execute(db, [PUBLISHERS, PACKAGES, SUBMISSIONS, NOTICES, ARTIFACT_REFERENCES, TRIGGERS].join("\n"));
  },
};

/** Any owner of a database may add it from PostgreSQL 13 on, where the server has it. */
const addTrigrams = async (db: Kysely<unknown>): Promise<void> => {
  try {
    await sql`create extension if not exists pg_trgm`.execute(db);
  } catch (cause) {
    throw new Error(
      "The database has no pg_trgm extension, which searches need. It is part of PostgreSQL's contrib package: install that on " +
        "the database server and, where Patchbay's role may not add extensions, have an administrator run " +
        '"create extension pg_trgm" in the database.',
      { cause },
    );
  }
};
