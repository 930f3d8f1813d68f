import type { Migration } from "kysely/migration";
import { execute } from "./statements.ts";

/** One open request for each person and plugin. */
const REQUESTS = `
  create table plugin_requests (
    id bigint generated always as identity primary key,
    organization_id text not null references organizations on delete cascade,
    plugin_id text collate "C" not null,
    version text not null,
    grants json not null,
    scope json not null,
    message text,
    user_id text not null references users on delete cascade,
    state text not null default 'open',
    decided_by json,
    reason text,
    decided_at timestamptz(3),
    created_at timestamptz(3) not null default now()
  );
  create index plugin_requests_by_organization on plugin_requests (organization_id, id desc);
  create index plugin_requests_by_user on plugin_requests (user_id);
  create unique index plugin_requests_open on plugin_requests (organization_id, plugin_id, user_id)
    where state = 'open';
`;

/** What Patchbay itself has to say belongs to no installation. */
const NOTIFICATIONS = "alter table notifications alter column installation_id drop not null;";

const TRIGGER = `
  create function patchbay_plugin_requests_changed() returns trigger language plpgsql as $body$
  begin
    perform pg_notify('patchbay_changes', json_build_object(
      'kind', 'request', 'id', new.id::text, 'organization', new.organization_id,
      'plugin', new.plugin_id, 'user', new.user_id)::text);
    return null;
  end
  $body$;
  create trigger plugin_requests_changed after insert or update on plugin_requests
    for each row execute function patchbay_plugin_requests_changed();
`;

export const requests: Migration = {
  up: (db) => execute(db, [REQUESTS, NOTIFICATIONS, TRIGGER].join("\n")),
};
