import type {
  ChangeHead,
  ExtractionJob,
  FoundByWords,
  Memory,
  MemoryBounds,
  MemoryFilter,
  MemoryOwner,
  MemorySpace,
  MemoryStore,
  MemoryWriter,
  NewExtraction,
  OwnedSpace,
  Page,
  RecordedChange,
  SpaceBounds,
  StoredExtraction,
  Unembedded,
  VectorChanges,
} from "@patchbay/core";
import { type Kysely, sql } from "kysely";
import { atomically } from "../connection.ts";
import { badCursor, decodeCursor, isCounter, pageOf } from "../cursor.ts";
import type { Tables } from "../tables.ts";
import { MemoryExtractions } from "./memory-extractions.ts";
import { memoriesOf, toChange, toMemory } from "./memory-rows.ts";
import { dropVectors, findByWords, listUnembedded, putVectors, vectorsSince } from "./memory-search.ts";
import { MemorySpaces } from "./memory-spaces.ts";
import { PostgresMemoryWriter } from "./postgres-memory-writer.ts";

/** Memories in one table with the words and the vectors that they are found by, their history in another. */
export class PostgresMemoryStore implements MemoryStore {
  readonly #db: Kysely<Tables>;
  readonly #extractions: MemoryExtractions;
  readonly #spaces: MemorySpaces;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
    this.#extractions = new MemoryExtractions(db);
    this.#spaces = new MemorySpaces(db);
  }

  async createSpace(
    owner: MemoryOwner,
    space: Pick<MemorySpace, "name" | "userId">,
    bounds: SpaceBounds,
  ): Promise<MemorySpace> {
    return await this.#spaces.create(owner, space, bounds);
  }

  async listSpaces(owner: MemoryOwner): Promise<readonly MemorySpace[]> {
    return await this.#spaces.list(owner);
  }

  async findSpace(owner: MemoryOwner, name: string): Promise<MemorySpace | null> {
    return await this.#spaces.find(owner, name);
  }

  async removeSpace(owner: MemoryOwner, name: string): Promise<boolean> {
    return await this.#spaces.remove(owner, name);
  }

  async listOwnedSpaces(after: string | null, limit: number): Promise<readonly OwnedSpace[]> {
    return await this.#spaces.listOwned(after, limit);
  }

  async write<T>(
    space: Pick<MemorySpace, "id" | "installationId">,
    head: ChangeHead,
    bounds: MemoryBounds,
    work: (writer: MemoryWriter) => Promise<T>,
  ): Promise<T> {
    return await atomically(this.#db, async (db) => {
      const writer = await PostgresMemoryWriter.open(db, space, head, bounds);
      const result = await work(writer);
      await writer.close();
      return result;
    });
  }

  async find(spaceId: string, id: string, now: Date): Promise<Memory | null> {
    const row = await memoriesOf(this.#db, [spaceId], { now }).where("id", "=", id).executeTakeFirst();
    return row === undefined ? null : toMemory(row);
  }

  async list(
    spaceId: string,
    filter: MemoryFilter,
    { limit, cursor }: { readonly limit: number; readonly cursor?: string },
  ): Promise<Page<Memory>> {
    let found = memoriesOf(this.#db, [spaceId], filter);
    if (cursor !== undefined) found = found.where("place", ">", counterOf(cursor));
    const rows = await found
      .orderBy("place")
      .limit(limit + 1)
      .execute();
    return pageOf(rows, limit, toMemory, ({ place }) => place);
  }

  async history(spaceId: string, id: string, limit: number): Promise<readonly RecordedChange[]> {
    const rows = await this.#db
      .selectFrom("memoryChanges")
      .selectAll()
      .where("spaceId", "=", spaceId)
      .where("memoryId", "=", id)
      .orderBy("number", "desc")
      .limit(limit)
      .execute();
    return rows.map(toChange);
  }

  async findByWords(
    spaceIds: readonly string[],
    query: string,
    filter: MemoryFilter,
    limit: number,
  ): Promise<readonly FoundByWords[]> {
    return await findByWords(this.#db, spaceIds, query, filter, limit);
  }

  async listByPlace(
    spaceIds: readonly string[],
    places: readonly number[],
    filter: MemoryFilter,
  ): Promise<readonly Memory[]> {
    const found = memoriesOf(this.#db, spaceIds, filter);
    const rows = await found.where("place", "=", sql<string>`any(${places}::bigint[])`).execute();
    return rows.map(toMemory);
  }

  async vectorsSince(
    spaceId: string,
    model: string,
    revision: number,
    after: number,
    limit: number,
  ): Promise<VectorChanges> {
    return await vectorsSince(this.#db, spaceId, model, { revision, after, limit });
  }

  async listUnembedded(spaceId: string, model: string, limit: number): Promise<readonly Unembedded[]> {
    return await listUnembedded(this.#db, spaceId, model, limit);
  }

  async putVectors(
    spaceId: string,
    model: string,
    vectors: readonly { readonly id: string; readonly digest: string; readonly vector: Uint8Array }[],
  ): Promise<void> {
    await putVectors(this.#db, spaceId, model, vectors);
  }

  async dropVectors(spaceId: string, model: string, bytes: number, limit: number): Promise<void> {
    await dropVectors(this.#db, spaceId, model, { bytes, limit });
  }

  async addExtraction(
    extraction: NewExtraction,
    mostOpen: { readonly all: number; readonly person: number },
  ): Promise<void> {
    await this.#extractions.add(extraction, mostOpen);
  }

  async findExtraction(owner: MemoryOwner, id: string): Promise<StoredExtraction | null> {
    return await this.#extractions.find(owner, id);
  }

  async beginExtraction(id: string): Promise<ExtractionJob | null> {
    return await this.#extractions.begin(id);
  }

  async failExtraction(
    id: string,
    error: { readonly code: string; readonly message: string },
    isEnd: boolean,
  ): Promise<void> {
    await this.#extractions.fail(id, error, isEnd);
  }

  async listOpenExtractions(untouchedSince: Date, limit: number): Promise<readonly string[]> {
    return await this.#extractions.listOpen(untouchedSince, limit);
  }

  async removeExpired(now: Date, limit: number): Promise<number> {
    const spaces = await this.#db
      .selectFrom("memories")
      .innerJoin("memorySpaces", "memorySpaces.id", "memories.spaceId")
      .select(["memorySpaces.id", "memorySpaces.installationId"])
      .distinct()
      .where("memories.expiresAt", "<=", now)
      .limit(MAX_SPACES_AT_ONCE)
      .execute();
    const by = { kind: "system", name: "Patchbay" } as const;
    let removed = 0;
    for (const space of spaces) {
      if (removed >= limit) break;
      removed += await atomically(this.#db, async (db) => {
        const head = { change: `expired:${now.toISOString()}`, kind: "delete", by } as const;
        const writer = await PostgresMemoryWriter.open(db, space, head, { now, ...NO_MORE });
        const count = await writer.removeExpired(limit - removed);
        await writer.close();
        return count;
      });
    }
    return removed;
  }

  async trim(before: Date): Promise<void> {
    await this.#db.deleteFrom("memoryExtractions").where("endedAt", "<", before).execute();
    await this.#db.deleteFrom("memoryChanges").where("at", "<", before).execute();
  }
}

/** Whoever removes adds nothing. */
const NO_MORE = { entries: 0, bytes: 0, person: { entries: 0, bytes: 0 } };
/** Namespaces that are cleaned of what has expired at one time. */
const MAX_SPACES_AT_ONCE = 100;

const counterOf = (cursor: string): string => {
  const position = decodeCursor(cursor, "invalid_input");
  if (isCounter(position)) return position;
  throw badCursor("invalid_input");
};
