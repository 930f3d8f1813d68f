import type { CallQuery, CallReach, CallStore, ListedCall, LoggedCall, Page } from "@patchbay/core";
import { type Kysely, type SqlBool, sql } from "kysely";
import { atomically } from "../connection.ts";
import { badCursor, decodeCursor, pageOf } from "../cursor.ts";
import { CALLS_PER_INSERT } from "../limits.ts";
import type { Row, Tables } from "../tables.ts";

/** Calls of all installations in one table. */
export class PostgresCallStore implements CallStore {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  async append(calls: readonly LoggedCall[]): Promise<void> {
    for (let start = 0; start < calls.length; start += CALLS_PER_INSERT)
      await this.#append(calls.slice(start, start + CALLS_PER_INSERT));
  }

  async list(reach: CallReach, query: CallQuery): Promise<Page<ListedCall>> {
    let calls = this.#readable(reach).select(LISTED);
    const { plugin, kind, name, project, person, apiKey, chain, ended, since, until, limit, cursor } = query;
    if (plugin !== undefined) calls = calls.where("calls.pluginId", "=", plugin);
    if (kind !== undefined) calls = calls.where("calls.kind", "=", kind);
    if (name !== undefined) calls = calls.where("calls.name", "=", name);
    if (project !== undefined) calls = calls.where("calls.project", "=", project);
    if (person !== undefined) calls = calls.where("calls.userId", "=", person);
    if (apiKey !== undefined) calls = calls.where("calls.apiKeyId", "=", apiKey);
    if (chain !== undefined) calls = calls.where(ofChain(chain));
    if (ended === "answered") calls = calls.where("calls.code", "is", null);
    else if (ended === "failed") calls = calls.where("calls.code", "is not", null);
    else if (ended !== undefined) calls = calls.where(sql<SqlBool>`calls.code = ${ended}`);
    if (since !== undefined) calls = calls.where("calls.at", ">=", since);
    if (until !== undefined) calls = calls.where("calls.at", "<", until);
    if (cursor !== undefined) {
      const { at, id } = positionOf(cursor);
      calls = calls.where(sql<SqlBool>`(calls.at, calls.id) < (${at}, ${id})`);
    }
    const rows = await calls
      .orderBy("calls.at", "desc")
      .orderBy("calls.id", "desc")
      .limit(limit + 1)
      .execute();
    return pageOf(rows, limit, toListed, ({ at, id }) => `${at.getTime()} ${id}`);
  }

  async find(reach: CallReach, id: string) {
    const row = await this.#readable(reach)
      .select([...LISTED, "calls.input", "calls.output"])
      .where("calls.id", "=", id)
      .executeTakeFirst();
    return row === undefined ? null : { ...toListed(row), input: row.input, output: row.output };
  }

  async listChain(reach: CallReach, chainId: string, limit: number): Promise<ListedCall[]> {
    const rows = await this.#readable(reach)
      .select(LISTED)
      .where(ofChain(chainId))
      .orderBy("calls.at")
      .orderBy("calls.id")
      .limit(limit)
      .execute();
    return rows.map(toListed);
  }

  async trim(organizationId: string, keep: number, before: Date): Promise<void> {
    await this.#db
      .deleteFrom("calls")
      .where("organizationId", "=", organizationId)
      .where("at", "<", before)
      .execute();
    await sql`
      delete from calls using installations, lateral (
        select at, id from calls as kept where kept.installation_id = installations.id
        order by at desc, id desc offset ${keep} limit 1
      ) as newest_too_many
      where installations.organization_id = ${organizationId}
        and calls.installation_id = installations.id
        and (calls.at, calls.id) <= (newest_too_many.at, newest_too_many.id)
    `.execute(this.#db);
  }

  /** Installations are held until the calls are there, so that none comes after what it is of. */
  async #append(calls: readonly LoggedCall[]): Promise<void> {
    await atomically(this.#db, async (db) => {
      const installations = await db
        .selectFrom("installations")
        .select("id")
        .where("id", "in", [...new Set(calls.map(({ installationId }) => installationId))])
        .orderBy("id")
        .forKeyShare()
        .execute();
      const there = new Set(installations.map(({ id }) => id));
      const rows = calls.filter(({ installationId }) => there.has(installationId)).map(toRow);
      if (rows.length === 0) return;
      // One parameter for all of them: thousands take longer to be bound than rows to be written.
      await sql`
        insert into calls select * from json_populate_recordset(null::calls, ${JSON.stringify(rows)}::json)
        on conflict (id) do nothing
      `.execute(db);
    });
  }

  #readable({ organizationId, of, seen }: CallReach) {
    let calls = this.#db
      .selectFrom("calls")
      .leftJoin("users", "users.id", "calls.userId")
      .leftJoin("apiKeys", "apiKeys.id", "calls.apiKeyId")
      .where("calls.organizationId", "=", organizationId);
    if (of !== "everybody")
      calls = calls.where(({ eb, or }) =>
        or([
          eb("calls.userId", "=", of.userId),
          ...(of.projects.length > 0 ? [eb("calls.project", "in", of.projects)] : []),
        ]),
      );
    if (seen !== "all")
      calls = calls
        .where(sql<SqlBool>`calls.installation_id = any(${seen.installations})`)
        .where(sql<SqlBool>`(calls.project is null or calls.project = any(${seen.projects}))`);
    return calls;
  }
}

const LISTED = [
  "calls.id",
  "calls.organizationId",
  "calls.installationId",
  "calls.pluginId",
  "calls.version",
  "calls.kind",
  "calls.name",
  "calls.project",
  "calls.userId",
  "calls.apiKeyId",
  "calls.caller",
  "calls.surface",
  "calls.path",
  "calls.parentId",
  "calls.chainId",
  "calls.traceId",
  "calls.at",
  "calls.durationMs",
  "calls.code",
  "calls.inputBytes",
  "calls.outputBytes",
  "users.name as userName",
  "apiKeys.name as apiKeyName",
] as const;

/** What began it, and what has a caller: of the others, which are chains of one, there is no index. */
const ofChain = (id: string) =>
  sql<SqlBool>`(calls.id = ${id} or (calls.chain_id = ${id} and calls.parent_id is not null))`;

const positionOf = (cursor: string): { readonly at: Date; readonly id: string } => {
  const [, ms, id] = /^(\d{1,15}) ([\w-]{1,64})$/.exec(decodeCursor(cursor)) ?? [];
  if (ms === undefined || id === undefined) throw badCursor("invalid_request");
  return { at: new Date(Number(ms)), id };
};

/** As the database names the columns. */
const toRow = (call: LoggedCall): Readonly<Record<string, unknown>> => ({
  id: call.id,
  organization_id: call.organizationId,
  installation_id: call.installationId,
  plugin_id: call.pluginId,
  version: call.version,
  kind: call.kind,
  name: call.name,
  project: call.project,
  user_id: call.userId,
  api_key_id: call.apiKeyId,
  caller: call.caller,
  surface: call.surface,
  path: call.path,
  parent_id: call.parentId,
  chain_id: call.chainId,
  trace_id: call.traceId,
  at: call.at,
  duration_ms: call.durationMs,
  code: call.code,
  input_bytes: call.inputBytes,
  output_bytes: call.outputBytes,
  input: call.input,
  output: call.output,
});

type ListedRow = Omit<Row<"calls">, "input" | "output"> & Pick<ListedCall, "userName" | "apiKeyName">;

const toListed = ({ inputBytes, outputBytes, ...row }: ListedRow): ListedCall => {
  const { input: _input, output: _output, ...listed } = row as ListedRow & Partial<Row<"calls">>;
  return {
    ...listed,
    inputBytes: inputBytes === null ? null : Number(inputBytes),
    outputBytes: outputBytes === null ? null : Number(outputBytes),
  };
};
