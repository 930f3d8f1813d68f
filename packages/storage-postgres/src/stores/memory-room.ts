import type { MemoryBounds, MemorySpace } from "@patchbay/core";
import { PatchbayError } from "@patchbay/protocol";
import { type Kysely, sql } from "kysely";
import type { Tables } from "../tables.ts";
import { requireQuota } from "./plugin-data-usage.ts";

interface Size {
  readonly entries: number;
  readonly bytes: number;
}

/** What there is while a namespace is written to, with what the writing adds. */
interface Held {
  /** Of the installation; the bytes are of all that it stores. */
  readonly all: Size;
  /** Of the person whose the namespace is; null: it is the plugin's own. */
  readonly person: Size | null;
}

/** How much more memories a writer may add to a namespace. */
export class MemoryRoom {
  readonly #held: Held;
  readonly #bounds: MemoryBounds;
  #grown: Size = { entries: 0, bytes: 0 };

  private constructor(held: Held, bounds: MemoryBounds) {
    this.#held = held;
    this.#bounds = bounds;
  }

  /** For whoever holds what the installation stores, `used` bytes. */
  static async open(
    db: Kysely<Tables>,
    {
      installationId,
      userId,
      used,
    }: Pick<MemorySpace, "installationId" | "userId"> & { readonly used: number },
    bounds: MemoryBounds,
  ): Promise<MemoryRoom> {
    const theirs = (what: string) =>
      sql<string>`coalesce(sum(${sql.ref(what)}) filter (where user_id = ${userId}::text), 0)`;
    const count = await db
      .selectFrom("memorySpaces")
      .select([
        sql<string>`coalesce(sum(entries), 0)`.as("entries"),
        theirs("entries").as("theirEntries"),
        theirs("bytes").as("theirBytes"),
      ])
      .where("installationId", "=", installationId)
      .executeTakeFirstOrThrow();
    const person = { entries: Number(count.theirEntries), bytes: Number(count.theirBytes) };
    const all = { entries: Number(count.entries), bytes: used };
    return new MemoryRoom({ all, person: userId === null ? null : person }, bounds);
  }

  /** What the writing has added up to now. */
  get grown(): Size {
    return this.#grown;
  }

  grow(bytes: number, entries: number): void {
    this.#grown = { bytes: this.#grown.bytes + bytes, entries: this.#grown.entries + entries };
  }

  /** Throws `quota_exceeded` where so many bytes and memories more would be too many; what shrinks is always allowed. */
  require(bytes: number, entries: number): void {
    const { all, person } = this.#held;
    const bounds = this.#bounds;
    requireQuota(all.bytes + this.#grown.bytes, bytes, bounds.bytes);
    if (entries > 0 && all.entries + this.#grown.entries + entries > bounds.entries)
      throw exceeded(
        `A plugin may keep ${bounds.entries} memories, and has as many. Delete some, or let them expire.`,
      );
    if (person === null) return;
    if (entries > 0 && person.entries + this.#grown.entries + entries > bounds.person.entries)
      throw exceeded(
        `A plugin may keep ${bounds.person.entries} memories of one person, and has as many. Delete some, or let them expire.`,
      );
    const held = person.bytes + this.#grown.bytes;
    if (bytes > 0 && held + bytes > bounds.person.bytes)
      throw exceeded(
        `The memories of one person may have ${bounds.person.bytes} bytes here, and these have ${held}; ${bytes} more do not fit. Delete some of them.`,
      );
  }
}

const exceeded = (message: string): PatchbayError => new PatchbayError("quota_exceeded", message);
