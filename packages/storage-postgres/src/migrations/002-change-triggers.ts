import type { Migration } from "kysely/migration";
import { execute } from "./statements.ts";

/** Sends a change of `kind` with the id in `column` for every row that `events` concern, as `PostgresChangeFeed` reads it. */
const notify = (table: string, events: string, kind: string, column: string): string => `
  create function patchbay_${table}_changed() returns trigger language plpgsql as $body$
  begin
    perform pg_notify('patchbay_changes', json_build_object(
      'kind', '${kind}', 'id', case tg_op when 'DELETE' then old.${column} else new.${column} end)::text);
    return null;
  end
  $body$;
  create trigger ${table}_changed after ${events} on ${table}
    for each row execute function patchbay_${table}_changed();
`;

const ORGANIZATIONS = `
  create function patchbay_organizations_changed() returns trigger language plpgsql as $body$
  begin
    perform pg_notify('patchbay_changes', json_build_object('kind', 'member', 'id', user_id)::text)
      from members where organization_id = new.id;
    return null;
  end
  $body$;
  create trigger organizations_changed after update on organizations
    for each row execute function patchbay_organizations_changed();
`;

const ANYTHING = "insert or update or delete";
/** Every column but last_used_at, which changes with use. */
const KEY_CHANGES =
  "delete or update of id, token_hash, name, prefix, user_id, organization_id, rights, expires_at";

export const changeTriggers: Migration = {
  up: (db) =>
    execute(
      db,
      [
        notify("installations", ANYTHING, "installation", "id"),
        notify("installation_settings", ANYTHING, "settings", "installation_id"),
        notify("members", ANYTHING, "member", "user_id"),
        notify("project_members", ANYTHING, "member", "user_id"),
        notify("api_keys", KEY_CHANGES, "api_key", "token_hash"),
        notify("sessions", "delete", "session", "token_hash"),
        // Deleting one deletes its members first, which is told by itself.
        ORGANIZATIONS,
      ].join("\n"),
    ),
};
