import type { Migration } from "kysely/migration";
import { execute } from "./statements.ts";

/** Networks from which people have signed in, links by which they set their passwords, and what goes with an API key. */
export const signIn: Migration = {
  up: (db) =>
    execute(
      db,
      `
      create table known_networks (
        user_id text not null references users on delete cascade,
        network text collate "C" not null,
        seen_at timestamptz(3) not null,
        primary key (user_id, network)
      );
      create index known_networks_by_time on known_networks (seen_at);
      alter table api_keys add column made_by_key text references api_keys on delete cascade;
      create index api_keys_by_maker on api_keys (made_by_key);
      alter table registry_tokens add column made_by_key text references api_keys on delete cascade;
      create index registry_tokens_by_maker on registry_tokens (made_by_key);
      create table password_links (
        token_hash text primary key,
        user_id text not null references users on delete cascade,
        expires_at timestamptz(3) not null,
        made_by_key text references api_keys on delete cascade
      );
      create index password_links_by_user on password_links (user_id);
      create table invitations (
        token_hash text primary key,
        user_id text not null references users on delete cascade,
        organization_id text not null references organizations on delete cascade,
        role text not null,
        expires_at timestamptz(3) not null,
        made_by_key text references api_keys on delete cascade
      );
      create index invitations_by_user on invitations (user_id);
      -- Answers were kept as they were; from now on they are encrypted.
      delete from idempotency_keys;
      alter table users add column prepared_by text references organizations on delete set null;
      `,
    ),
};
