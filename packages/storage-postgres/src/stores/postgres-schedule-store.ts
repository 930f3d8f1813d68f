import type {
  BegunRun,
  DueSchedule,
  NewRun,
  Page,
  RunOutcome,
  ScheduleKey,
  ScheduleRun,
  ScheduleState,
  ScheduleStore,
} from "@patchbay/core";
import { type Kysely, sql } from "kysely";
import { atomically } from "../connection.ts";
import { decodeCounter, pageOf } from "../cursor.ts";
import { jsonOrNull, type NewRow, type Row, type Tables } from "../tables.ts";

const OPEN = ["queued", "running"] as const;

/** Schedules in one table, their runs in another, which has an index that lets no schedule have two open ones. */
export class PostgresScheduleStore implements ScheduleStore {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  async list(installationId: string): Promise<ScheduleState[]> {
    return await this.#db
      .selectFrom("schedules")
      .selectAll()
      .where("installationId", "=", installationId)
      .orderBy("name")
      .execute();
  }

  async replace(installationId: string, states: readonly Omit<ScheduleState, "paused">[]): Promise<void> {
    await atomically(this.#db, async (db) => {
      // Nothing is written of an installation that goes away meanwhile, and of two that do this one waits.
      const installation = db.selectFrom("installations").select("id").where("id", "=", installationId);
      if ((await installation.forNoKeyUpdate().executeTakeFirst()) === undefined) return;
      const names = states.map(({ name }) => name);
      let gone = db.deleteFrom("schedules").where("installationId", "=", installationId);
      if (names.length > 0) gone = gone.where("name", "not in", names);
      await gone.execute();
      for (const state of states) await putSchedule(db, state);
    });
  }

  async listDue(
    now: Date,
    limit: number,
    { ofInstallation, ofOrganization }: { readonly ofInstallation: number; readonly ofOrganization: number },
  ): Promise<DueSchedule[]> {
    const rows = await this.#db
      .selectFrom("schedules")
      .innerJoin("installations", "installations.id", "schedules.installationId")
      .selectAll("schedules")
      .select(["installations.organizationId", "installations.pluginId"])
      .where("schedules.nextAt", "<=", now)
      .where("schedules.nextAt", "is not", null)
      .where("schedules.paused", "is", null)
      .where(({ not, exists, selectFrom }) => {
        const open = selectFrom("scheduleRuns")
          .select("scheduleRuns.id")
          .whereRef("scheduleRuns.installationId", "=", "schedules.installationId")
          .whereRef("scheduleRuns.name", "=", "schedules.name")
          .where("scheduleRuns.state", "in", OPEN);
        return not(exists(open));
      })
      .where(openOfInstallation, "<", ofInstallation)
      .where(openOfOrganization, "<", ofOrganization)
      .orderBy(openOfOrganization)
      .orderBy("schedules.nextAt")
      .limit(limit)
      .execute();
    return rows.flatMap(({ nextAt, ...row }) => (nextAt === null ? [] : [{ ...row, nextAt }]));
  }

  async nextDueAt(leftAfterMs: number): Promise<{ now: Date; next: Date | null }> {
    const { rows } = await sql<{ now: Date; next: Date | null }>`
      select clock_timestamp() as now, least(
        (select min(next_at) from schedules where next_at is not null and paused is null and not exists (
          select from schedule_runs where schedule_runs.installation_id = schedules.installation_id
            and schedule_runs.name = schedules.name and state in ('queued', 'running'))),
        (select min(queued_at) from schedule_runs where state = 'queued') + make_interval(secs => ${leftAfterMs / 1_000})
      ) as next`.execute(this.#db);
    const [row] = rows;
    if (row === undefined) throw new Error("The database did not say what time it is.");
    return row;
  }

  async advance(due: DueSchedule, { next, run, skipped }: Parameters<ScheduleStore["advance"]>[1]) {
    const moved = sql`
      with moved as (
        update schedules set next_at = ${next}
        where installation_id = ${due.installationId} and name = ${due.name} and next_at = ${due.nextAt}
          and paused is null and not exists (
            select from schedule_runs where installation_id = ${due.installationId} and name = ${due.name}
              and state in ('queued', 'running'))
        returning 1
      ), passed as (${skipped === null ? NOTHING : insertSkipped(skipped)}
      ), queued as (${run === null ? NOTHING : insertQueued(run)})
      select 1 from moved`;
    try {
      return (await moved.execute(this.#db)).rows.length > 0;
    } catch (error) {
      if (isOpenAlready(error)) return false;
      throw error;
    }
  }

  async addRun(run: NewRun): Promise<boolean> {
    const { numInsertedOrUpdatedRows: added = 0n } = await this.#db
      .insertInto("scheduleRuns")
      .values(rowOf(run))
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
    return added > 0n;
  }

  async listLeft(queuedBefore: Date, limit: number): Promise<string[]> {
    const rows = await this.#db
      .selectFrom("scheduleRuns")
      .select("id")
      .where("state", "=", "queued")
      .where("queuedAt", "<", queuedBefore)
      .orderBy("queuedAt")
      .limit(limit)
      .execute();
    return rows.map(({ id }) => id);
  }

  async begin(id: string, nodeId: string, at: Date): Promise<BegunRun | null> {
    const row = await this.#db
      .updateTable("scheduleRuns")
      .from("installations")
      .whereRef("installations.id", "=", "scheduleRuns.installationId")
      .set(({ eb }) => ({
        state: "running" as const,
        attempt: eb("scheduleRuns.attempt", "+", 1),
        nodeId,
        startedAt: at,
      }))
      .where("scheduleRuns.id", "=", id)
      .where("scheduleRuns.state", "in", OPEN)
      .returningAll("scheduleRuns")
      .returning(["installations.organizationId", "installations.pluginId"])
      .executeTakeFirst();
    return row === undefined
      ? null
      : { ...runOf(row), organizationId: row.organizationId, pluginId: row.pluginId };
  }

  async finish(id: string, attempt: number, { state, at, code, message }: RunOutcome): Promise<boolean> {
    const { numUpdatedRows } = await this.#db
      .updateTable("scheduleRuns")
      .set({ state, endedAt: at, code, message: storable(message) })
      .where("id", "=", id)
      .where("attempt", "=", attempt)
      .where("state", "=", "running")
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  async lastRuns(installationId: string): Promise<ReadonlyMap<string, ScheduleRun>> {
    const rows = await this.#db
      .selectFrom("scheduleRuns")
      .distinctOn("name")
      .selectAll()
      .where("installationId", "=", installationId)
      .orderBy("name")
      .orderBy("number", "desc")
      .execute();
    return new Map(rows.map((row) => [row.name, runOf(row)]));
  }

  async listRuns(
    { installationId, name }: ScheduleKey,
    { limit, cursor }: { readonly limit: number; readonly cursor?: string },
  ): Promise<Page<ScheduleRun>> {
    let runs = this.#db
      .selectFrom("scheduleRuns")
      .selectAll()
      .where("installationId", "=", installationId)
      .where("name", "=", name);
    if (cursor !== undefined) runs = runs.where("number", "<", decodeCounter(cursor));
    const rows = await runs
      .orderBy("number", "desc")
      .limit(limit + 1)
      .execute();
    return pageOf(rows, limit, runOf, ({ number }) => number);
  }

  async setPaused(
    { installationId, name }: ScheduleKey,
    paused: ScheduleState["paused"],
    next: Date | null,
  ): Promise<void> {
    await this.#db
      .updateTable("schedules")
      .set({
        paused: jsonOrNull(paused),
        // One that was switched off meanwhile stays so.
        nextAt: sql<Date | null>`case when next_at is null then null else ${next}::timestamptz end`,
      })
      .where("installationId", "=", installationId)
      .where("name", "=", name)
      .execute();
  }

  async cancelOpen(
    { installationId, name }: ScheduleKey,
    { state, at, code, message }: RunOutcome,
  ): Promise<string | null> {
    const row = await this.#db
      .updateTable("scheduleRuns")
      .set({ state, endedAt: at, code, message })
      .where("installationId", "=", installationId)
      .where("name", "=", name)
      .where("state", "in", OPEN)
      .returning("id")
      .executeTakeFirst();
    return row?.id ?? null;
  }

  async endLost(begunBefore: Date, { state, at, code, message }: RunOutcome): Promise<string[]> {
    const rows = await this.#db
      .updateTable("scheduleRuns")
      .set({ state, endedAt: at, code, message })
      .where("state", "=", "running")
      .where("startedAt", "<", begunBefore)
      .returning("id")
      .execute();
    return rows.map(({ id }) => id);
  }

  async trim(keepRuns: number, before: Date): Promise<void> {
    await this.#db.deleteFrom("scheduleRuns").where("endedAt", "<", before).execute();
    await sql`
      delete from schedule_runs using schedules, lateral (
        select number from schedule_runs as kept
        where kept.installation_id = schedules.installation_id and kept.name = schedules.name
        order by number desc offset ${keepRuns} limit 1
      ) as newest_too_many
      where schedule_runs.installation_id = schedules.installation_id and schedule_runs.name = schedules.name
        and schedule_runs.number <= newest_too_many.number and schedule_runs.ended_at is not null
    `.execute(this.#db);
  }
}

const openOfInstallation = sql<number>`(
  select count(*) from schedule_runs as open
  where open.installation_id = schedules.installation_id and open.state in ('queued', 'running'))`;

const openOfOrganization = sql<number>`(
  select count(*) from schedule_runs as open join installations as theirs on theirs.id = open.installation_id
  where theirs.organization_id = installations.organization_id and open.state in ('queued', 'running'))`;

/** Where a schedule stands stays what it is while its timing is as before; one that was off begins anew. */
const putSchedule = async (
  db: Kysely<Tables>,
  { installationId, name, timing, missed, nextAt }: Omit<ScheduleState, "paused">,
): Promise<void> => {
  await sql`
    insert into schedules (installation_id, name, timing, missed, next_at)
    values (${installationId}, ${name}, ${JSON.stringify(timing)}, ${missed}, ${nextAt})
    on conflict (installation_id, name) do update set
      timing = excluded.timing, missed = excluded.missed, next_at = case
        when schedules.timing::text = excluded.timing::text and excluded.next_at is not null
        then coalesce(schedules.next_at, excluded.next_at) else excluded.next_at end
    where schedules.missed <> excluded.missed or schedules.timing::text <> excluded.timing::text
      or (schedules.next_at is null) <> (excluded.next_at is null)
  `.execute(db);
};

const NOTHING = sql`select 1 where false`;

const insertQueued = ({ id, installationId, name, scheduledAt, ticks }: NewRun) => sql`
  insert into schedule_runs (id, installation_id, name, trigger, scheduled_at, state, ticks)
  select ${id}, ${installationId}, ${name}, 'tick', ${scheduledAt}::timestamptz, 'queued', ${ticks}::int from moved
  on conflict (id) do nothing`;

const insertSkipped = ({
  id,
  installationId,
  name,
  scheduledAt,
  ticks,
  state,
  at,
  code,
  message,
}: NewRun & RunOutcome) => sql`
  insert into schedule_runs (id, installation_id, name, trigger, scheduled_at, state, ticks, ended_at, code, message)
  select ${id}, ${installationId}, ${name}, 'tick', ${scheduledAt}::timestamptz, ${state}, ${ticks}::int, ${at}::timestamptz, ${code}, ${message} from moved
  on conflict (id) do nothing`;

/** The index that lets no schedule have two open runs. */
const isOpenAlready = (error: unknown): boolean =>
  (error as { readonly constraint?: string }).constraint === "schedule_runs_open";

const storable = (text: string | null): string | null => text?.replaceAll("\0", "\uFFFD") ?? null;

const rowOf = ({ requestedBy, ...run }: NewRun): NewRow<"scheduleRuns"> => ({
  ...run,
  requestedBy: jsonOrNull(requestedBy),
  state: "queued",
});

const runOf = ({ number: _, ...run }: Row<"scheduleRuns">): ScheduleRun => run;
