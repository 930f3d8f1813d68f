import type { IdempotencyOutcome, IdempotencyStore, RecordedResponse } from "@patchbay/core";
import type { Kysely } from "kysely";
import { CLAIM_ABANDONED_AFTER_MS } from "../limits.ts";
import type { Tables } from "../tables.ts";

/** One row for each claimed key. A claim that never finished is free again after ten minutes. */
export class PostgresIdempotencyStore implements IdempotencyStore {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  async begin(caller: string, key: string, requestHash: string, now: Date): Promise<IdempotencyOutcome> {
    for (;;) {
      if (await this.#claim(caller, key, requestHash, now)) return { kind: "new" };
      const earlier = await this.#db
        .selectFrom("idempotencyKeys")
        .select(["requestHash", "response"])
        .where("caller", "=", caller)
        .where("key", "=", key)
        .executeTakeFirst();
      // Given back in between: whoever asks now may have it.
      if (earlier === undefined) continue;
      if (earlier.requestHash !== requestHash) return { kind: "conflict" };
      return earlier.response === null
        ? { kind: "running" }
        : { kind: "recorded", response: earlier.response };
    }
  }

  async finish(caller: string, key: string, response: RecordedResponse): Promise<void> {
    await this.#db
      .updateTable("idempotencyKeys")
      .set({ response: JSON.stringify(response) })
      .where("caller", "=", caller)
      .where("key", "=", key)
      .execute();
  }

  async abandon(caller: string, key: string): Promise<void> {
    await this.#db
      .deleteFrom("idempotencyKeys")
      .where("caller", "=", caller)
      .where("key", "=", key)
      .where("response", "is", null)
      .execute();
  }

  async removeOlder(before: Date): Promise<void> {
    await this.#db.deleteFrom("idempotencyKeys").where("claimedAt", "<", before).execute();
  }

  async #claim(caller: string, key: string, requestHash: string, now: Date): Promise<boolean> {
    const abandonedBefore = new Date(now.getTime() - CLAIM_ABANDONED_AFTER_MS);
    const claimed = await this.#db
      .insertInto("idempotencyKeys")
      .values({ caller, key, requestHash, claimedAt: now })
      .onConflict((conflict) =>
        conflict
          .columns(["caller", "key"])
          .doUpdateSet({ requestHash, claimedAt: now })
          .where("idempotencyKeys.response", "is", null)
          .where("idempotencyKeys.claimedAt", "<", abandonedBefore),
      )
      .returning("key")
      .executeTakeFirst();
    return claimed !== undefined;
  }
}
