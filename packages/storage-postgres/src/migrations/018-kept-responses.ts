import type { Migration } from "kysely/migration";
import { execute } from "./statements.ts";

/** They go with whoever asked, with the membership, and with the project. `previous_id` may name one that is gone. */
const RESPONSES = `
  create table kept_responses (
    id text collate "C" primary key,
    organization_id text not null,
    user_id text not null,
    project text collate "C",
    previous_id text collate "C",
    model text not null,
    response json not null,
    input json not null,
    output json not null,
    bytes integer not null,
    turn_bytes integer not null,
    created_at timestamptz(3) not null,
    used_at timestamptz not null default clock_timestamp(),
    constraint kept_responses_member foreign key (organization_id, user_id) references members on delete cascade,
    constraint kept_responses_project foreign key (organization_id, project)
      references projects (organization_id, slug) on delete cascade
  );
  create index kept_responses_by_owner on kept_responses (organization_id, user_id, used_at, id);
  create index kept_responses_by_project on kept_responses (organization_id, project) where project is not null;
  create index kept_responses_by_use on kept_responses (used_at);
`;

/** What each person keeps is counted by the database, whoever takes something away. */
const USAGE = `
  create table kept_response_usage (
    organization_id text not null,
    user_id text not null,
    responses integer not null,
    bytes bigint not null,
    primary key (organization_id, user_id)
  );
  create function patchbay_kept_responses_counted() returns trigger language plpgsql as $body$
  begin
    if tg_op = 'INSERT' then
      insert into kept_response_usage as usage (organization_id, user_id, responses, bytes)
        select organization_id, user_id, count(*), sum(bytes) from changed
        group by organization_id, user_id order by organization_id, user_id
      on conflict (organization_id, user_id) do update
        set responses = usage.responses + excluded.responses, bytes = usage.bytes + excluded.bytes;
    else
      -- In one order, so that two who take much away do not wait for each other.
      perform from kept_response_usage
        where (organization_id, user_id) in (select organization_id, user_id from changed)
        order by organization_id, user_id for update;
      update kept_response_usage as usage
        set responses = usage.responses - gone.responses, bytes = usage.bytes - gone.bytes
        from (
          select organization_id, user_id, count(*) as responses, sum(bytes) as bytes from changed
          group by organization_id, user_id
        ) as gone
        where usage.organization_id = gone.organization_id and usage.user_id = gone.user_id;
      delete from kept_response_usage
        where (organization_id, user_id) in (select organization_id, user_id from changed) and responses = 0;
    end if;
    return null;
  end
  $body$;
  create trigger kept_responses_added after insert on kept_responses referencing new table as changed
    for each statement execute function patchbay_kept_responses_counted();
  create trigger kept_responses_removed after delete on kept_responses referencing old table as changed
    for each statement execute function patchbay_kept_responses_counted();
`;

export const keptResponses: Migration = {
  up: (db) => execute(db, [RESPONSES, USAGE].join("\n")),
};
