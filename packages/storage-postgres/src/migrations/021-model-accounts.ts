import type { Migration } from "kysely/migration";
import { execute } from "./statements.ts";

/** One row for each hour and all by which usage is told apart. People, keys and projects may be gone: their usage stays. */
const USAGE = `
  create table model_usage (
    organization_id text not null references organizations on delete cascade,
    hour timestamptz(0) not null,
    model text collate "C" not null,
    plugin text collate "C" not null,
    asker text collate "C",
    user_id text collate "C",
    api_key_id text collate "C",
    project text collate "C",
    currency text collate "C",
    requests bigint not null,
    failures bigint not null,
    input_tokens bigint not null,
    cached_input_tokens bigint not null,
    output_tokens bigint not null,
    reasoning_tokens bigint not null,
    estimated_input_tokens bigint not null,
    estimated_output_tokens bigint not null,
    cost_micros bigint not null,
    constraint model_usage_key unique nulls not distinct
      (organization_id, hour, model, plugin, asker, user_id, api_key_id, project, currency)
  );
  create index model_usage_by_hour on model_usage (hour);
`;

/**
 * Counts are by period and by whom. What calls under way have reserved stands beside them, by process: of a process that is gone it does
 * not count, whatever it has left.
 */
const BUDGETS = `
  create table model_prices (
    organization_id text primary key references organizations on delete cascade,
    currency text not null,
    prices json not null
  );
  create table model_budgets (
    id text collate "C" primary key,
    organization_id text not null references organizations on delete cascade,
    title text,
    subject_kind text not null,
    subject_id text,
    measure text not null,
    period text not null,
    amount bigint not null,
    created_at timestamptz(3) not null default clock_timestamp()
  );
  create index model_budgets_by_organization on model_budgets (organization_id);
  create table model_budget_counts (
    budget_id text collate "C" not null references model_budgets on delete cascade,
    subject text collate "C" not null,
    starts_at timestamptz(0) not null,
    used bigint not null default 0,
    primary key (budget_id, subject, starts_at)
  );
  create index model_budget_counts_by_period on model_budget_counts (budget_id, starts_at);
  create table model_budget_holds (
    budget_id text collate "C" not null,
    subject text collate "C" not null,
    starts_at timestamptz(0) not null,
    holder text not null,
    reserved bigint not null,
    primary key (budget_id, subject, starts_at, holder),
    foreign key (budget_id, subject, starts_at) references model_budget_counts on delete cascade
  );
`;

/** What a process may reserve beyond its calls: a part of what is left, and no less than a part of what it asks for. */
const ADVANCE_OF = 16;
const ADVANCE_LEAST = 8;

/**
 * Everybody locks in one order: the budgets (so that whoever deletes one waits, or is waited for), then the counts, by their keys; what is
 * held only under the lock of its count. Whoever commits does not wait for the disk: what a crash of the database loses is less than a
 * second of counting, and others would wait meanwhile.
 */
const DECIDING = `
  create function patchbay_hold_budgets(budgets text[]) returns void language plpgsql as $body$
  begin
    perform set_config('synchronous_commit', 'off', true);
    perform from model_budgets where id = any(budgets) order by id for key share;
  end
  $body$;
  create function patchbay_budget_holds(held_budget text, held_subject text, held_since timestamptz, silent_ms integer, asking text)
  returns bigint language sql stable as $body$
    select coalesce(sum(holds.reserved), 0)::bigint from model_budget_holds as holds
    where holds.budget_id = held_budget and holds.subject = held_subject and holds.starts_at = held_since
      and (holds.holder = asking or exists (
        select from nodes where nodes.id = holds.holder and dead_at is null and left_at is null
          and seen_at >= clock_timestamp() - make_interval(secs => silent_ms / 1000.0)))
  $body$;
  create function patchbay_reserve_budgets(
    asking text, silent_ms integer,
    calls integer[], budgets text[], subjects text[], sinces timestamptz[], amounts bigint[])
  returns table (call integer, budget_id text, subject text, starts_at timestamptz, used bigint, reserved bigint)
  language plpgsql as $body$
  #variable_conflict use_column
  declare
    one integer;
  begin
    perform patchbay_hold_budgets(budgets);
    insert into model_budget_counts as counts (budget_id, subject, starts_at)
      select distinct claim.budget collate "C", claim.subject collate "C", claim.since
      from unnest(budgets, subjects, sinces) as claim (budget, subject, since)
      join model_budgets as known on known.id = claim.budget
      order by 1, 2, 3
      on conflict do nothing;
    perform from model_budget_counts as counts
      where (counts.budget_id, counts.subject, counts.starts_at) in (
        select claim.budget, claim.subject, claim.since
        from unnest(budgets, subjects, sinces) as claim (budget, subject, since))
      order by counts.budget_id, counts.subject, counts.starts_at for update;
    -- Mostly all that come together find enough, and nobody needs to be asked one by one.
    perform from (
        select claim.budget, claim.subject, claim.since, sum(claim.amount) as amount
        from unnest(budgets, subjects, sinces, amounts) as claim (budget, subject, since, amount)
        group by claim.budget, claim.subject, claim.since
      ) as claimed
      join model_budgets as known on known.id = claimed.budget
      join model_budget_counts as counts
        on counts.budget_id = claimed.budget and counts.subject = claimed.subject and counts.starts_at = claimed.since
      where counts.used + claimed.amount + patchbay_budget_holds(
        counts.budget_id, counts.subject, counts.starts_at, silent_ms, asking) >= known.amount
      limit 1;
    if not found then
      insert into model_budget_holds as holds (budget_id, subject, starts_at, holder, reserved)
        select counts.budget_id, counts.subject, counts.starts_at, asking, sum(claim.amount)
        from unnest(budgets, subjects, sinces, amounts) as claim (budget, subject, since, amount)
        join model_budget_counts as counts
          on counts.budget_id = claim.budget and counts.subject = claim.subject and counts.starts_at = claim.since
        group by counts.budget_id, counts.subject, counts.starts_at
        on conflict (budget_id, subject, starts_at, holder)
          do update set reserved = holds.reserved + excluded.reserved;
      return;
    end if;
    for one in select distinct claim.call from unnest(calls) as claim (call) order by claim.call loop
      return query
        select one, counts.budget_id, counts.subject, counts.starts_at, counts.used, held.reserved
        from unnest(calls, budgets, subjects, sinces) as claim (call, budget, subject, since)
        join model_budgets as known on known.id = claim.budget
        join model_budget_counts as counts
          on counts.budget_id = claim.budget and counts.subject = claim.subject and counts.starts_at = claim.since
        cross join lateral (
          select patchbay_budget_holds(counts.budget_id, counts.subject, counts.starts_at, silent_ms, asking) as reserved
        ) as held
        where claim.call = one and counts.used + held.reserved >= known.amount;
      if not found then
        insert into model_budget_holds as holds (budget_id, subject, starts_at, holder, reserved)
          select counts.budget_id, counts.subject, counts.starts_at, asking, claim.amount
          from unnest(calls, budgets, subjects, sinces, amounts) as claim (call, budget, subject, since, amount)
          join model_budget_counts as counts
            on counts.budget_id = claim.budget and counts.subject = claim.subject and counts.starts_at = claim.since
          where claim.call = one
          on conflict (budget_id, subject, starts_at, holder)
            do update set reserved = holds.reserved + excluded.reserved;
      end if;
    end loop;
  end
  $body$;
  -- So little of what is left that nobody who comes meanwhile is refused for it.
  create function patchbay_advance_budgets(
    asking text, silent_ms integer,
    budgets text[], subjects text[], sinces timestamptz[], amounts bigint[])
  returns table (place integer, amount bigint) language plpgsql as $body$
  #variable_conflict use_column
  begin
    perform patchbay_hold_budgets(budgets);
    perform from model_budget_counts as counts
      where (counts.budget_id, counts.subject, counts.starts_at) in (
        select claim.budget, claim.subject, claim.since
        from unnest(budgets, subjects, sinces) as claim (budget, subject, since))
      order by counts.budget_id, counts.subject, counts.starts_at for update;
    return query
      with given as (
        select claim.place, counts.budget_id, counts.subject, counts.starts_at,
          least(claim.amount, (known.amount - counts.used - patchbay_budget_holds(
            counts.budget_id, counts.subject, counts.starts_at, silent_ms, asking)) / ${ADVANCE_OF}) as given,
          claim.amount / ${ADVANCE_LEAST} as least
        from unnest(budgets, subjects, sinces, amounts) with ordinality as claim (budget, subject, since, amount, place)
        join model_budgets as known on known.id = claim.budget
        join model_budget_counts as counts
          on counts.budget_id = claim.budget and counts.subject = claim.subject and counts.starts_at = claim.since
      ), held as (
        insert into model_budget_holds as holds (budget_id, subject, starts_at, holder, reserved)
          select budget_id, subject, starts_at, asking, given from given where given >= least and given > 0
          on conflict (budget_id, subject, starts_at, holder)
            do update set reserved = holds.reserved + excluded.reserved
      )
      select given.place::integer, given.given from given where given.given >= given.least and given.given > 0;
  end
  $body$;
  create function patchbay_settle_budgets(
    holders text[], budgets text[], subjects text[], sinces timestamptz[], given_back bigint[], used_up bigint[])
  returns void language plpgsql as $body$
  begin
    perform patchbay_hold_budgets(budgets);
    perform from model_budget_counts as counts
      where (counts.budget_id, counts.subject, counts.starts_at) in (
        select settled.budget, settled.subject, settled.since
        from unnest(budgets, subjects, sinces) as settled (budget, subject, since))
      order by counts.budget_id, counts.subject, counts.starts_at for update;
    -- More than can be counted exactly is as much as can.
    update model_budget_counts as counts
      set used = least(counts.used + settled.used, ${Number.MAX_SAFE_INTEGER})
      from (
        select one.budget, one.subject, one.since, sum(one.used) as used
        from unnest(budgets, subjects, sinces, used_up) as one (budget, subject, since, used)
        group by one.budget, one.subject, one.since
      ) as settled
      where counts.budget_id = settled.budget and counts.subject = settled.subject
        and counts.starts_at = settled.since;
    update model_budget_holds as holds set reserved = greatest(holds.reserved - settled.reserved, 0)
      from unnest(holders, budgets, subjects, sinces, given_back)
        as settled (holder, budget, subject, since, reserved)
      where holds.budget_id = settled.budget and holds.subject = settled.subject
        and holds.starts_at = settled.since and holds.holder = settled.holder;
  end
  $body$;
`;

const tell = (table: string, id: string): string => `
  create function patchbay_${table}_changed() returns trigger language plpgsql as $body$
  declare changed record;
  begin
    if tg_op = 'DELETE' then changed := old; else changed := new; end if;
    perform pg_notify('patchbay_changes', json_build_object(
      'kind', 'budget', 'id', changed.${id}, 'organization', changed.organization_id)::text);
    return null;
  end
  $body$;
  create trigger ${table}_changed after insert or update or delete on ${table}
    for each row execute function patchbay_${table}_changed();
`;

export const modelAccounts: Migration = {
  up: (db) =>
    execute(
      db,
      [USAGE, BUDGETS, DECIDING, tell("model_budgets", "id"), tell("model_prices", "organization_id")].join(
        "\n",
      ),
    ),
};
