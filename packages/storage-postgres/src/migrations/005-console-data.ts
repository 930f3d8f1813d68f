import type { Migration } from "kysely/migration";
import { execute } from "./statements.ts";

const PACKAGE_DOCUMENTS = `
  alter table packages
    add column readme_digest text,
    add column changelog_digest text,
    add column icon_digest text,
    add column icon_type text;
`;

/** Whoever a notification is for: everyone, those of one project, or one person. */
const NOTIFICATIONS = `
  create table notifications (
    id bigint generated always as identity primary key,
    organization_id text not null references organizations on delete cascade,
    installation_id text not null references installations on delete cascade,
    plugin_id text collate "C" not null,
    project text collate "C",
    user_id text references users on delete cascade,
    level text not null,
    title text not null,
    message text,
    created_at timestamptz(3) not null default now()
  );
  create index notifications_by_organization on notifications (organization_id, id desc);
  create index notifications_by_installation on notifications (installation_id, id desc);
  create index notifications_by_user on notifications (user_id);
  create index notifications_by_time on notifications (created_at);
  create table notification_reads (
    notification_id bigint not null references notifications on delete cascade,
    user_id text not null references users on delete cascade,
    primary key (user_id, notification_id)
  );
  create index notification_reads_by_notification on notification_reads (notification_id);
`;

/**
 * What a search of the audit log looks at is kept in columns of its own: the documents may hold \u0000, at which PostgreSQL's
 * functions for JSON fail.
 */
const AUDIT = `
  alter table audit_events add column actor_id text, add column words tsvector not null default '';
  update audit_events set
    actor_id = substring(actor::text from '"id":"([^"]*)"'),
    words = to_tsvector('simple', left(regexp_replace(
      concat_ws(' ', action, plugin_id, actor::text, detail::text), '[^[:alnum:]]+', ' ', 'g'), 10000));
  create index audit_events_by_actor on audit_events (organization_id, actor_id, id desc);
  create index audit_events_by_action on audit_events (organization_id, action, id desc);
  create index audit_events_by_time on audit_events (organization_id, at);
  create index audit_events_by_words on audit_events using gin (words);
`;

/** The row that a trigger concerns, whatever happens to it. */
const ROW = "declare changed record;";
const SET_ROW = "if tg_op = 'DELETE' then changed := old; else changed := new; end if;";

/** Replaces the function by which a table tells of its changes: `facts` are the pairs of the notice. */
const tell = (table: string, facts: string): string => `
  create or replace function patchbay_${table}_changed() returns trigger language plpgsql as $body$
  ${ROW}
  begin
    ${SET_ROW}
    perform pg_notify('patchbay_changes', json_strip_nulls(json_build_object(${facts}))::text);
    return null;
  end
  $body$;
`;

const trigger = (table: string, events: string): string => `
  create trigger ${table}_changed after ${events} on ${table}
    for each row execute function patchbay_${table}_changed();
`;

const TRIGGERS = `
  ${tell("installation_settings", "'kind', 'settings', 'id', changed.installation_id, 'organization', (select organization_id from installations where id = changed.installation_id), 'plugin', (select plugin_id from installations where id = changed.installation_id), 'project', changed.project")}
  ${tell("members", "'kind', 'member', 'id', changed.user_id, 'organization', changed.organization_id")}
  ${tell("project_members", "'kind', 'member', 'id', changed.user_id, 'organization', changed.organization_id")}
  ${tell("api_keys", "'kind', 'api_key', 'id', changed.token_hash, 'organization', changed.organization_id, 'user', changed.user_id")}
  ${tell("projects", "'kind', 'project', 'id', changed.id, 'organization', changed.organization_id, 'project', changed.slug")}
  ${tell("packages", "'kind', 'catalog', 'id', changed.id, 'organization', changed.organization_id, 'plugin', changed.plugin_id")}
  ${tell("notifications", "'kind', 'notification', 'id', changed.organization_id, 'organization', changed.organization_id, 'project', changed.project, 'user', changed.user_id")}
  ${tell("notification_reads", "'kind', 'notification', 'id', changed.user_id, 'user', changed.user_id")}
  create trigger api_keys_made after insert on api_keys
    for each row execute function patchbay_api_keys_changed();
  ${trigger("projects", "insert or update or delete")}
  ${trigger("packages", "insert or delete")}
  ${trigger("notifications", "insert")}
  ${trigger("notification_reads", "insert")}

  create or replace function patchbay_organizations_changed() returns trigger language plpgsql as $body$
  begin
    perform pg_notify('patchbay_changes',
        json_build_object('kind', 'member', 'id', user_id, 'organization', new.id)::text)
      from members where organization_id = new.id;
    return null;
  end
  $body$;

  create or replace function patchbay_installations_changed() returns trigger language plpgsql as $body$
  ${ROW}
  aspects text[] := '{}';
  begin
    ${SET_ROW}
    if tg_op = 'UPDATE' then
      if old.grants::text <> new.grants::text then aspects := array_append(aspects, 'grants'); end if;
      if old.scope::text <> new.scope::text then aspects := array_append(aspects, 'scope'); end if;
    end if;
    perform pg_notify('patchbay_changes', json_build_object(
      'kind', 'installation', 'id', changed.id, 'organization', changed.organization_id,
      'plugin', changed.plugin_id, 'aspects', aspects)::text);
    return null;
  end
  $body$;
`;

export const consoleData: Migration = {
  up: (db) => execute(db, [PACKAGE_DOCUMENTS, NOTIFICATIONS, AUDIT, TRIGGERS].join("\n")),
};
