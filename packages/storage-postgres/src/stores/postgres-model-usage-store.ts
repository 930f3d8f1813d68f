import type { ModelUsageQuery, ModelUsageRow, ModelUsageStore, ModelUse } from "@patchbay/core";
import type { UsageDimension } from "@patchbay/protocol";
import { type Kysely, type RawBuilder, sql } from "kysely";
import type { Tables } from "../tables.ts";

/** By what rows are told apart, as text. */
const DIMENSIONS: Readonly<Record<UsageDimension, RawBuilder<string | null>>> = {
  model: sql`model`,
  plugin: sql`plugin`,
  asker: sql`asker`,
  person: sql`user_id`,
  key: sql`api_key_id`,
  project: sql`project`,
  day: sql`to_char(hour at time zone 'UTC', 'YYYY-MM-DD')`,
  hour: sql`to_char(hour at time zone 'UTC', 'YYYY-MM-DD"T"HH24:00:00"Z"')`,
};

const SUMS = [
  "requests",
  "failures",
  "input_tokens",
  "cached_input_tokens",
  "output_tokens",
  "reasoning_tokens",
  "estimated_input_tokens",
  "estimated_output_tokens",
] as const;
const COLUMNS = sql.raw([...SUMS, "cost_micros"].join(", "));
const ADDED = sql.raw(
  [...SUMS, "cost_micros"]
    // More than can be counted exactly is as much as can.
    .map((name) => `${name} = least(usage.${name}::numeric + excluded.${name}, ${Number.MAX_SAFE_INTEGER})`)
    .join(", "),
);
const SUMMED = sql.raw(SUMS.map((name) => `sum(${name})::text as ${name}`).join(", "));

type SummedRow = Readonly<Record<string, string | null>>;

/** One row for each hour and all by which usage is told apart. */
export class PostgresModelUsageStore implements ModelUsageStore {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  async add(uses: readonly ModelUse[]): Promise<void> {
    const rows = uses.map((use) => ({
      organization_id: use.organizationId,
      hour: use.hour,
      model: use.model,
      plugin: use.plugin,
      asker: use.asker,
      user_id: use.userId,
      api_key_id: use.apiKeyId,
      project: use.project,
      currency: use.currency,
      requests: use.requests,
      failures: use.failures,
      input_tokens: use.inputTokens,
      cached_input_tokens: use.cachedInputTokens,
      output_tokens: use.outputTokens,
      reasoning_tokens: use.reasoningTokens,
      estimated_input_tokens: use.estimatedInputTokens,
      estimated_output_tokens: use.estimatedOutputTokens,
      cost_micros: use.costMicros,
    }));
    // All nodes write in one order, so that they do not wait for each other in a circle.
    await sql`
      insert into model_usage as usage
        (organization_id, hour, model, plugin, asker, user_id, api_key_id, project, currency, ${COLUMNS})
      select row.organization_id, hour, model, plugin, asker, user_id, api_key_id, project, currency, ${COLUMNS}
      from json_populate_recordset(null::model_usage, ${JSON.stringify(rows)}) as row
      join organizations on organizations.id = row.organization_id
      order by row.organization_id, hour, model, plugin, asker, user_id, api_key_id, project, currency
      on conflict on constraint model_usage_key do update set ${ADDED}`.execute(this.#db);
  }

  async report(organizationId: string, query: ModelUsageQuery): Promise<readonly ModelUsageRow[]> {
    const { from, to, by, where, sight, currency, limit } = query;
    const conditions = [
      sql`organization_id = ${organizationId}`,
      sql`hour >= ${from}`,
      sql`hour < ${to}`,
      ...Object.entries(where).map(([name, value]) => sql`${DIMENSIONS[name as UsageDimension]} = ${value}`),
    ];
    if (sight !== "all")
      conditions.push(sql`(user_id = ${sight.userId} or project = any(${sight.projects}::text[]))`);
    const told = by.map((name) => sql`${DIMENSIONS[name]} as ${sql.id(`by_${name}`)}`);
    const groups = by.map((name) => DIMENSIONS[name]);
    const times = by.filter((name) => name === "day" || name === "hour").map((name) => DIMENSIONS[name]);
    const order = [...times, sql`sum(input_tokens + output_tokens) desc`, sql`sum(requests) desc`, ...groups];
    const { rows } = await sql<SummedRow>`
      select ${sql.join([...told, SUMMED, costIn(currency), unpricedIn(currency)])}
      from model_usage
      where ${sql.join(conditions, sql` and `)}
      ${groups.length === 0 ? sql`having count(*) > 0` : sql`group by ${sql.join(groups)}`}
      order by ${sql.join(groups.length === 0 ? [sql`1`] : order)}
      limit ${limit}`.execute(this.#db);
    const names = await this.#namesOf(organizationId, by, rows);
    return rows.map((row) => rowOf(by, row, names));
  }

  async removeBefore(hour: Date): Promise<void> {
    await this.#db.deleteFrom("modelUsage").where("hour", "<", hour).execute();
  }

  /** Of people and keys, by their ids. */
  async #namesOf(
    organizationId: string,
    by: readonly UsageDimension[],
    rows: readonly SummedRow[],
  ): Promise<ReadonlyMap<string, string>> {
    const subject = nameable(by);
    if (subject === undefined) return new Map();
    const ids = [...new Set(rows.flatMap((row) => row[columnOf(subject)] ?? []))];
    const found =
      subject === "person"
        ? await this.#db
            .selectFrom("users")
            .select(["id", "email as name"])
            .where("id", "=", sql<string>`any(${ids}::text[])`)
            .execute()
        : await this.#db
            .selectFrom("apiKeys")
            .select(["id", "name"])
            .where("organizationId", "=", organizationId)
            .where("id", "=", sql<string>`any(${ids}::text[])`)
            .execute();
    return new Map(found.map(({ id, name }) => [id, name]));
  }
}

const costIn = (currency: string) =>
  sql`sum(cost_micros) filter (where currency = ${currency})::text as cost_micros`;
const unpricedIn = (currency: string) =>
  sql`coalesce(sum(requests) filter (where currency is distinct from ${currency}), 0)::text as unpriced`;

const nameable = (by: readonly UsageDimension[]): "person" | "key" | undefined =>
  by.includes("person") ? "person" : by.includes("key") ? "key" : undefined;

/** The driver's names are in camel case. */
const columnOf = (name: UsageDimension): string => `by${name.charAt(0).toUpperCase()}${name.slice(1)}`;

const rowOf = (
  by: readonly UsageDimension[],
  row: SummedRow,
  names: ReadonlyMap<string, string>,
): ModelUsageRow => {
  const subject = nameable(by);
  const id = subject === undefined ? null : row[columnOf(subject)];
  const { costMicros = null } = row;
  return {
    by: Object.fromEntries(by.map((name) => [name, row[columnOf(name)] ?? null])),
    name: (id && names.get(id)) ?? null,
    requests: Number(row.requests),
    failures: Number(row.failures),
    inputTokens: Number(row.inputTokens),
    cachedInputTokens: Number(row.cachedInputTokens),
    outputTokens: Number(row.outputTokens),
    reasoningTokens: Number(row.reasoningTokens),
    estimatedInputTokens: Number(row.estimatedInputTokens),
    estimatedOutputTokens: Number(row.estimatedOutputTokens),
    costMicros: costMicros === null ? null : Number(costMicros),
    unpricedRequests: Number(row.unpriced),
  };
};
