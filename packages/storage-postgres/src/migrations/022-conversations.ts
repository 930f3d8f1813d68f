import type { Migration } from "kysely/migration";
import { execute } from "./statements.ts";

/**
 * They go with the installation, and those of a person with the membership. A branch has messages of its own. `words` are those of the
 * message's text, which is found by them.
 */
const CONVERSATIONS = `
  create table conversations (
    id text collate "C" primary key,
    installation_id text not null references installations on delete cascade,
    organization_id text not null,
    user_id text,
    title text,
    metadata json not null,
    branched_from text,
    branched_at integer,
    next_number integer not null default 1,
    message_count integer not null default 0,
    bytes integer not null,
    created_at timestamptz(3) not null default clock_timestamp(),
    updated_at timestamptz(3) not null default clock_timestamp(),
    constraint conversations_member foreign key (organization_id, user_id) references members on delete cascade
  );
  create index conversations_by_change on conversations (installation_id, updated_at desc, id desc);
  create index conversations_by_member on conversations (organization_id, user_id) where user_id is not null;
  create index conversations_by_title on conversations using gin (to_tsvector('simple', coalesce(title, '')));
  create table conversation_messages (
    conversation_id text collate "C" not null references conversations on delete cascade,
    number integer not null,
    role text not null,
    message json not null,
    bytes integer not null,
    words tsvector not null,
    created_at timestamptz(3) not null default clock_timestamp(),
    primary key (conversation_id, number)
  );
  create index conversation_messages_by_words on conversation_messages using gin (words);
`;

/** What goes is counted by the database, whoever takes it away; what comes is counted where it is held against the quota. */
const USAGE = `
  alter table plugin_usage add column conversation_count integer not null default 0;
  create function patchbay_conversations_gone() returns trigger language plpgsql as $body$
  begin
    perform from plugin_usage where installation_id in (select installation_id from gone)
      order by installation_id for update;
    update plugin_usage as usage
      set conversation_count = usage.conversation_count - sums.conversations, bytes = usage.bytes - sums.bytes
      from (
        select installation_id, count(*) as conversations, sum(bytes) as bytes from gone group by installation_id
      ) as sums
      where usage.installation_id = sums.installation_id;
    return null;
  end
  $body$;
  -- What is counted is locked before what is counted, as plugins and whoever uninstalls them do: else they could wait for each other.
  create function patchbay_member_leaves() returns trigger language plpgsql as $body$
  begin
    perform from plugin_usage
      where installation_id in (
        select installation_id from conversations
        where organization_id = old.organization_id and user_id = old.user_id)
      order by installation_id for update;
    return old;
  end
  $body$;
  create trigger member_leaves before delete on members for each row execute function patchbay_member_leaves();
  create trigger conversations_gone after delete on conversations referencing old table as gone
    for each statement execute function patchbay_conversations_gone();
`;

/** What organizations decide about the hooks of plugins that messages to models pass. Nodes hold it, and are told as of rules. */
const HOOKS = `
  create table message_hooks (
    organization_id text primary key references organizations on delete cascade,
    hooks json not null
  );
  create trigger message_hooks_changed after insert or update or delete on message_hooks
    for each row execute function patchbay_model_rules_changed();
`;

export const conversations: Migration = {
  up: (db) => execute(db, [CONVERSATIONS, USAGE, HOOKS].join("\n")),
};
