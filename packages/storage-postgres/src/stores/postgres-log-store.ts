import type { LogQuery, LogStore, PluginLogLine, StoredLogLine } from "@patchbay/core";
import { LOG_LEVELS } from "@patchbay/protocol";
import { type Kysely, sql } from "kysely";
import { atomically } from "../connection.ts";
import { requireCounter } from "../cursor.ts";
import { LOG_LINES_PER_INSERT } from "../limits.ts";
import type { NewRow, Row, Tables } from "../tables.ts";

/** Log lines of all installations in one table. */
export class PostgresLogStore implements LogStore {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  /** Lines of an installation that is gone are dropped: its last words may come after it. */
  async append(installationId: string, lines: readonly PluginLogLine[]): Promise<void> {
    if (lines.length === 0) return;
    await atomically(this.#db, async (db) => {
      if (!(await lockLog(db, installationId))) return;
      for (let start = 0; start < lines.length; start += LOG_LINES_PER_INSERT) {
        const rows = lines
          .slice(start, start + LOG_LINES_PER_INSERT)
          .map((line) => toRow(installationId, line));
        await db.insertInto("pluginLogs").values(rows).execute();
      }
    });
  }

  async list(installationId: string, { after, level, q, limit }: LogQuery): Promise<StoredLogLine[]> {
    let lines = this.#db.selectFrom("pluginLogs").selectAll().where("installationId", "=", installationId);
    if (after !== undefined) lines = lines.where("id", ">", requireCounter(after));
    if (level !== undefined) lines = lines.where("level", ">=", LOG_LEVELS.indexOf(level));
    if (q !== undefined)
      lines = lines.where((where) => where(sql`position(lower(${storable(q)}) in lower(message))`, ">", 0));
    const newestFirst = after === undefined;
    const rows = await lines
      .orderBy("id", newestFirst ? "desc" : "asc")
      .limit(limit)
      .execute();
    return (newestFirst ? rows.reverse() : rows).map(toLine);
  }

  async count(installationId: string): Promise<number> {
    const { count } = await this.#db
      .selectFrom("pluginLogs")
      .where("installationId", "=", installationId)
      .select(({ fn }) => fn.countAll<string>().as("count"))
      .executeTakeFirstOrThrow();
    return Number(count);
  }

  async trim(keepLines: number, before: Date): Promise<void> {
    await this.#db.deleteFrom("pluginLogs").where("at", "<", before).execute();
    await sql`
      delete from plugin_logs using installations, lateral (
        select id from plugin_logs as kept where kept.installation_id = installations.id
        order by id desc offset ${keepLines} limit 1
      ) as newest_too_many
      where plugin_logs.installation_id = installations.id and plugin_logs.id <= newest_too_many.id
    `.execute(this.#db);
  }
}

/**
 * Whether the installation exists. Until the transaction ends nobody else appends to its log: ids then become visible in the
 * order in which they were given, and a reader that follows the log misses none.
 */
const lockLog = async (db: Kysely<Tables>, installationId: string): Promise<boolean> => {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`log:${installationId}`}, 0))`.execute(db);
  const installation = db.selectFrom("installations").select("id").where("id", "=", installationId);
  return (await installation.forKeyShare().executeTakeFirst()) !== undefined;
};

/** Text that the database can hold: a plugin may log the one character that it cannot. */
const storable = (text: string): string => text.replaceAll("\0", "\uFFFD");

const toRow = (installationId: string, line: PluginLogLine): NewRow<"pluginLogs"> => ({
  installationId,
  at: line.at,
  level: LOG_LEVELS.indexOf(line.level),
  message: storable(line.message),
  fields: line.fields === undefined ? null : JSON.stringify(line.fields),
  version: line.version,
});

const toLine = ({ id, at, level, message, fields, version }: Row<"pluginLogs">): StoredLogLine => ({
  id,
  at,
  message,
  version,
  level: LOG_LEVELS[level] ?? "info",
  ...(fields !== null && { fields }),
});
