import type { Migration } from "kysely/migration";
import { execute } from "./statements.ts";

/** What versions were admitted with; null in all of them for those that came before. */
const PACKAGES = `
  alter table packages
    add column signature text,
    add column provenance json,
    add column seal text;
`;

const KEYS = `
  create table publisher_keys (
    publisher text collate "C" not null,
    key_id text not null,
    public_key text not null,
    endorsement json,
    revoked_at timestamptz(3),
    revoked_reason text,
    learned_from text not null,
    learned_at timestamptz(3) not null,
    seal text not null,
    place bigint generated always as identity,
    primary key (publisher, key_id)
  );
`;

const TRIGGER = `
  create function patchbay_publisher_keys_changed() returns trigger language plpgsql as $body$
  begin
    perform pg_notify('patchbay_changes', json_build_object('kind', 'publisher', 'id',
      case tg_op when 'DELETE' then old.publisher else new.publisher end)::text);
    return null;
  end
  $body$;
  create trigger publisher_keys_changed after insert or update or delete on publisher_keys
    for each row execute function patchbay_publisher_keys_changed();
`;

export const trust: Migration = {
  up: (db) => execute(db, [PACKAGES, KEYS, TRIGGER].join("\n")),
};
