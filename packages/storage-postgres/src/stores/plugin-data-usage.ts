import { PatchbayError } from "@patchbay/protocol";
import { type Kysely, sql } from "kysely";
import type { Tables } from "../tables.ts";

/** What one change does to what an installation stores. */
export interface UsageChange {
  readonly values?: number;
  readonly files?: number;
  readonly conversations?: number;
  readonly bytes: number;
}

/**
 * The bytes that the installation stores now. Until the transaction ends nobody else writes for it, so that what is checked
 * against the quota stays true. Throws `plugin_not_installed`.
 */
export const lockUsage = async (db: Kysely<Tables>, installationId: string): Promise<number> => {
  const usage = await db
    .insertInto("pluginUsage")
    .columns(["installationId"])
    // The installation first, as whoever removes it does; otherwise the two could wait for each other.
    .expression((from) =>
      from.selectFrom("installations").select("id").where("id", "=", installationId).forKeyShare(),
    )
    // A row that exists is written with what it has: that locks it and reads what was committed last.
    .onConflict((conflict) =>
      conflict.column("installationId").doUpdateSet((values) => ({ bytes: values.ref("pluginUsage.bytes") })),
    )
    .returning("bytes")
    .executeTakeFirst();
  if (usage !== undefined) return Number(usage.bytes);
  throw new PatchbayError("plugin_not_installed", "The plugin is no longer installed.");
};

export const addUsage = async (
  db: Kysely<Tables>,
  installationId: string,
  { values = 0, files = 0, conversations = 0, bytes }: UsageChange,
): Promise<void> => {
  await db
    .updateTable("pluginUsage")
    .set({
      valueCount: sql`value_count + ${values}`,
      fileCount: sql`file_count + ${files}`,
      conversationCount: sql`conversation_count + ${conversations}`,
      bytes: sql`bytes + ${bytes}`,
    })
    .where("installationId", "=", installationId)
    .execute();
};

/** Throws `quota_exceeded` when something grows beyond the quota; shrinking is always allowed. */
export const requireQuota = (used: number, growth: number, quotaBytes: number): void => {
  if (growth <= 0 || used + growth <= quotaBytes) return;
  throw new PatchbayError(
    "quota_exceeded",
    `The plugin stores ${used} bytes and may store ${quotaBytes}; ${growth} more do not fit.`,
  );
};
