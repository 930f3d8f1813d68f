import type { ExtractionJob, MemoryOwner, NewExtraction, StoredExtraction } from "@patchbay/core";
import { PatchbayError } from "@patchbay/protocol";
import { type Kysely, sql } from "kysely";
import { atomically } from "../connection.ts";
import { brokenForeignKey } from "../errors.ts";
import type { Tables } from "../tables.ts";
import { isSeen } from "./memory-spaces.ts";
import { lockUsage } from "./plugin-data-usage.ts";
import { spaceGone } from "./postgres-memory-writer.ts";

/** What conversations are looked through for. The messages go when that has ended. */
export class MemoryExtractions {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  async add(
    { messages, ...extraction }: NewExtraction,
    mostOpen: { readonly all: number; readonly person: number },
  ): Promise<void> {
    try {
      await atomically(this.#db, async (db) => {
        // Of two that come at once the second counts the first.
        await lockUsage(db, extraction.installationId);
        await requireOneMore(db, extraction, mostOpen);
        const row = { ...extraction, messages: JSON.stringify(messages) };
        await db.insertInto("memoryExtractions").values(row).execute();
      });
    } catch (error) {
      if (brokenForeignKey(error) === null) throw error;
      throw spaceGone();
    }
  }

  async find(owner: MemoryOwner, id: string): Promise<StoredExtraction | null> {
    const row = await this.#db
      .selectFrom("memoryExtractions")
      .innerJoin("memorySpaces", "memorySpaces.id", "memoryExtractions.spaceId")
      .select([
        "memoryExtractions.id",
        "memorySpaces.name as spaceName",
        "memoryExtractions.state",
        "memoryExtractions.attempts",
        "memoryExtractions.report",
        "memoryExtractions.error",
        "memoryExtractions.createdAt",
        "memoryExtractions.endedAt",
      ])
      .where(isSeen(owner))
      .where("memoryExtractions.id", "=", id)
      .executeTakeFirst();
    return row ?? null;
  }

  async begin(id: string): Promise<ExtractionJob | null> {
    const begun = await this.#db
      .updateTable("memoryExtractions")
      .from("installations")
      .set({ state: "running", attempts: sql`attempts + 1`, touchedAt: sql<Date>`clock_timestamp()` })
      .whereRef("installations.id", "=", "memoryExtractions.installationId")
      .where("memoryExtractions.id", "=", id)
      .where("memoryExtractions.endedAt", "is", null)
      .returning([
        "memoryExtractions.id",
        "memoryExtractions.installationId",
        "installations.organizationId",
        "installations.pluginId",
        "installations.version",
        "memoryExtractions.spaceId",
        "memoryExtractions.messages",
        "memoryExtractions.model",
        "memoryExtractions.project",
        "memoryExtractions.userId",
        "memoryExtractions.apiKeyId",
      ])
      .executeTakeFirst();
    return begun === undefined ? null : { ...begun, messages: begun.messages ?? [] };
  }

  async fail(
    id: string,
    { code, message }: { readonly code: string; readonly message: string },
    isEnd: boolean,
  ): Promise<void> {
    await this.#db
      .updateTable("memoryExtractions")
      .set({
        error: JSON.stringify({ code, message }),
        touchedAt: sql<Date>`clock_timestamp()`,
        ...(isEnd && { state: "failed", messages: null, endedAt: sql<Date>`clock_timestamp()` }),
      })
      .where("id", "=", id)
      .where("endedAt", "is", null)
      .execute();
  }

  async listOpen(untouchedSince: Date, limit: number): Promise<readonly string[]> {
    const rows = await this.#db
      .selectFrom("memoryExtractions")
      .select("id")
      .where("endedAt", "is", null)
      .where("touchedAt", "<", untouchedSince)
      .orderBy("touchedAt")
      .limit(limit)
      .execute();
    return rows.map(({ id }) => id);
  }
}

const requireOneMore = async (
  db: Kysely<Tables>,
  { installationId, spaceId }: Pick<NewExtraction, "installationId" | "spaceId">,
  { all, person }: { readonly all: number; readonly person: number },
): Promise<void> => {
  const { rows } = await sql<{ open: number; theirs: number }>`
    select count(*)::integer as open,
      (count(*) filter (where spaces.user_id = (select user_id from memory_spaces where id = ${spaceId})))::integer as theirs
    from memory_extractions join memory_spaces as spaces on spaces.id = memory_extractions.space_id
    where memory_extractions.installation_id = ${installationId} and ended_at is null
  `.execute(db);
  const { open = 0, theirs = 0 } = rows[0] ?? {};
  if (open >= all)
    throw exceeded(
      `${all} extractions of the plugin have not ended, and there may be no more. Wait for one of them.`,
    );
  if (theirs >= person)
    throw exceeded(
      `${person} extractions for this person have not ended, and there may be no more. Wait for one of them.`,
    );
};

const exceeded = (message: string): PatchbayError => new PatchbayError("quota_exceeded", message);
