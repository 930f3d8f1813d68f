import type { DataUsage, ListOptions, PluginDataStore, StoredFile } from "@patchbay/core";
import { PatchbayError, type StorageEntry, type StorageList } from "@patchbay/protocol";
import { type Kysely, sql } from "kysely";
import { atomically } from "../connection.ts";
import { decodeCursor, pageOf } from "../cursor.ts";
import type { Tables } from "../tables.ts";
import { addUsage, lockUsage, requireQuota } from "./plugin-data-usage.ts";

/**
 * Values as the JSON text that was written, and files as bytes. Both count with their key or path; the sums are kept beside
 * them, so that a write costs the same however much is stored.
 */
export class PostgresPluginDataStore implements PluginDataStore {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  async get(installationId: string, key: string): Promise<unknown> {
    const row = await this.#db
      .selectFrom("pluginValues")
      .select("value")
      .where("installationId", "=", installationId)
      .where("key", "=", exact(key))
      .executeTakeFirst();
    return row === undefined ? undefined : (JSON.parse(row.value) as unknown);
  }

  async set(installationId: string, key: string, value: unknown, quotaBytes: number): Promise<void> {
    const json = JSON.stringify(value);
    const bytes = Buffer.byteLength(exact(key)) + Buffer.byteLength(json);
    const content = { value: json, bytes, updatedAt: sql<Date>`now()` };
    await atomically(this.#db, async (db) => {
      const used = await lockUsage(db, installationId);
      const old = await db
        .selectFrom("pluginValues")
        .select("bytes")
        .where("installationId", "=", installationId)
        .where("key", "=", key)
        .executeTakeFirst();
      const growth = bytes - (old?.bytes ?? 0);
      requireQuota(used, growth, quotaBytes);
      await db
        .insertInto("pluginValues")
        .values({ installationId, key, value: json, bytes })
        .onConflict((conflict) => conflict.columns(["installationId", "key"]).doUpdateSet(content))
        .execute();
      await addUsage(db, installationId, { values: old === undefined ? 1 : 0, bytes: growth });
    });
  }

  async delete(installationId: string, key: string): Promise<boolean> {
    exact(key);
    return await atomically(this.#db, async (db) => {
      if (!(await lockExistingUsage(db, installationId))) return false;
      const gone = await db
        .deleteFrom("pluginValues")
        .where("installationId", "=", installationId)
        .where("key", "=", key)
        .returning("bytes")
        .executeTakeFirst();
      if (gone === undefined) return false;
      await addUsage(db, installationId, { values: -1, bytes: -gone.bytes });
      return true;
    });
  }

  async list(installationId: string, { prefix = "", limit, cursor }: ListOptions): Promise<StorageList> {
    let values = this.#db
      .selectFrom("pluginValues")
      .select(["key", "bytes", "updatedAt"])
      .where("installationId", "=", installationId)
      .where((where) => where.fn<boolean>("starts_with", ["key", where.val(exact(prefix))]));
    if (cursor !== undefined) values = values.where("key", ">", decodeCursor(cursor, "invalid_input"));
    return toList(
      await values
        .orderBy("key")
        .limit(limit + 1)
        .execute(),
      limit,
    );
  }

  async readFile(installationId: string, path: string): Promise<StoredFile | null> {
    const file = await this.#db
      .selectFrom("pluginFiles")
      .select(["content as bytes", "contentType"])
      .where("installationId", "=", installationId)
      .where("path", "=", exact(path))
      .executeTakeFirst();
    return file ?? null;
  }

  async writeFile(installationId: string, path: string, file: StoredFile, quotaBytes: number): Promise<void> {
    const bytes = Buffer.byteLength(exact(path)) + file.bytes.length;
    const content = { content: Buffer.from(file.bytes), contentType: file.contentType, bytes };
    await atomically(this.#db, async (db) => {
      const used = await lockUsage(db, installationId);
      const old = await db
        .selectFrom("pluginFiles")
        .select("bytes")
        .where("installationId", "=", installationId)
        .where("path", "=", path)
        .executeTakeFirst();
      const growth = bytes - (old?.bytes ?? 0);
      requireQuota(used, growth, quotaBytes);
      await db
        .insertInto("pluginFiles")
        .values({ installationId, path, ...content })
        .onConflict((conflict) =>
          conflict
            .columns(["installationId", "path"])
            .doUpdateSet({ ...content, updatedAt: sql<Date>`now()` }),
        )
        .execute();
      await addUsage(db, installationId, { files: old === undefined ? 1 : 0, bytes: growth });
    });
  }

  async deleteFile(installationId: string, path: string): Promise<boolean> {
    exact(path);
    return await atomically(this.#db, async (db) => {
      if (!(await lockExistingUsage(db, installationId))) return false;
      const gone = await db
        .deleteFrom("pluginFiles")
        .where("installationId", "=", installationId)
        .where("path", "=", path)
        .returning("bytes")
        .executeTakeFirst();
      if (gone === undefined) return false;
      await addUsage(db, installationId, { files: -1, bytes: -gone.bytes });
      return true;
    });
  }

  async listFiles(installationId: string, { prefix = "", limit, cursor }: ListOptions): Promise<StorageList> {
    let files = this.#db
      .selectFrom("pluginFiles")
      .select(["path as key", "bytes", "updatedAt"])
      .where("installationId", "=", installationId)
      .where((where) => where.fn<boolean>("starts_with", ["path", where.val(exact(prefix))]));
    if (cursor !== undefined) files = files.where("path", ">", decodeCursor(cursor, "invalid_input"));
    return toList(
      await files
        .orderBy("path")
        .limit(limit + 1)
        .execute(),
      limit,
    );
  }

  async usage(installationId: string): Promise<DataUsage> {
    const usage = await this.#db
      .selectFrom("pluginUsage")
      .selectAll()
      .select((from) =>
        from
          .selectFrom("memorySpaces")
          .select(sql<string>`coalesce(sum(entries), 0)`.as("sum"))
          .whereRef("memorySpaces.installationId", "=", "pluginUsage.installationId")
          .as("memories"),
      )
      .where("installationId", "=", installationId)
      .executeTakeFirst();
    return {
      values: usage?.valueCount ?? 0,
      files: usage?.fileCount ?? 0,
      conversations: usage?.conversationCount ?? 0,
      memories: Number(usage?.memories ?? 0),
      bytes: Number(usage?.bytes ?? 0),
    };
  }
}

/**
 * Whether anything was ever stored. Usage first, then what is counted: whoever takes both in this order waits for nobody who
 * waits for them.
 */
const lockExistingUsage = async (db: Kysely<Tables>, installationId: string): Promise<boolean> => {
  const usage = db.selectFrom("pluginUsage").select("installationId");
  const locked = await usage.where("installationId", "=", installationId).forUpdate().executeTakeFirst();
  return locked !== undefined;
};

/** The key, when the database can tell it from every other. Throws `invalid_input`. */
const exact = (key: string): string => {
  if (!key.includes("\0") && key.isWellFormed()) return key;
  throw new PatchbayError(
    "invalid_input",
    "A storage key cannot contain the NUL character or half of a surrogate pair.",
  );
};

const toList = (
  rows: readonly { key: string; bytes: number; updatedAt: Date }[],
  limit: number,
): StorageList => pageOf(rows, limit, toEntry, ({ key }) => key);

const toEntry = (row: { key: string; bytes: number; updatedAt: Date }): StorageEntry => ({
  key: row.key,
  bytes: row.bytes - Buffer.byteLength(row.key),
  updatedAt: row.updatedAt.toISOString(),
});
