import type { KnownNode, NodeProcess, NodeStore } from "@patchbay/core";
import { type Kysely, sql } from "kysely";
import type { Row, Tables } from "../tables.ts";

/** One row for each start of a node, until its work was taken over and a while beyond. */
export class PostgresNodeStore implements NodeStore {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  async join(node: NodeProcess): Promise<void> {
    await this.#db.insertInto("nodes").values(node).execute();
  }

  async beat(id: string): Promise<boolean> {
    const { numUpdatedRows } = await this.#db
      .updateTable("nodes")
      .set({ seenAt: sql<Date>`clock_timestamp()` })
      .where("id", "=", id)
      .where("deadAt", "is", null)
      .where("leftAt", "is", null)
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  async forget(id: string): Promise<void> {
    await this.#db.deleteFrom("nodes").where("id", "=", id).execute();
  }

  async leave(id: string): Promise<void> {
    await this.#db
      .updateTable("nodes")
      .set({ leftAt: sql<Date>`clock_timestamp()`, settledAt: null })
      .where("id", "=", id)
      .execute();
  }

  async claimLeft(by: string, silentMs: number, claimMs: number): Promise<KnownNode[]> {
    // Who waits for the row of another one's claim looks at it again afterwards.
    const rows = await this.#db
      .updateTable("nodes")
      .set({
        deadAt: sql<Date>`coalesce(dead_at, left_at, clock_timestamp())`,
        takenOverBy: by,
        takenOverAt: sql<Date>`clock_timestamp()`,
      })
      .where("settledAt", "is", null)
      .where("id", "<>", by)
      .where((where) =>
        where.or([
          where("leftAt", "is not", null),
          where("deadAt", "is not", null),
          where("seenAt", "<", ago(silentMs)),
        ]),
      )
      .where((where) =>
        where.or([
          where("takenOverBy", "is", null),
          where("takenOverBy", "=", by),
          where("takenOverAt", "<", ago(claimMs)),
        ]),
      )
      .returningAll()
      .execute();
    return rows.map((row) => ({ ...processOf(row), state: "gone" as const }));
  }

  async settle(id: string, by: string): Promise<void> {
    await this.#db
      .updateTable("nodes")
      .set({ settledAt: sql<Date>`clock_timestamp()` })
      .where("id", "=", id)
      .where("takenOverBy", "=", by)
      .execute();
  }

  async unsettle(id: string): Promise<void> {
    await this.#db
      .updateTable("nodes")
      .set({ settledAt: null, takenOverBy: null, takenOverAt: null })
      .where("id", "=", id)
      .execute();
  }

  async list(silentMs: number): Promise<KnownNode[]> {
    const rows = await this.#db
      .selectFrom("nodes")
      .distinctOn("nodeId")
      .selectAll()
      .select(({ eb }) => eb("seenAt", "<", ago(silentMs)).as("isSilent"))
      .orderBy("nodeId")
      // One that is there before one that is gone, whatever the clock said when each began.
      .orderBy((where) => where.or([where("leftAt", "is not", null), where("deadAt", "is not", null)]))
      .orderBy("startedAt", "desc")
      .orderBy("seenAt", "desc")
      .execute();
    return rows.map((row) => {
      const isGone = row.leftAt !== null || row.deadAt !== null;
      return { ...processOf(row), state: isGone ? "gone" : row.isSilent ? "silent" : "alive" };
    });
  }

  async removeOlder(settledBefore: Date, seenBefore: Date): Promise<void> {
    await this.#db
      .deleteFrom("nodes")
      .where((where) => where.or([where("settledAt", "<", settledBefore), where("seenAt", "<", seenBefore)]))
      .execute();
  }
}

const ago = (ms: number) => sql<Date>`clock_timestamp() - make_interval(secs => ${ms / 1_000})`;

const processOf = (row: Row<"nodes">): Omit<KnownNode, "state"> => {
  const { id, nodeId, patchbayVersion, host, pid, startedAt, seenAt } = row;
  return { id, nodeId, patchbayVersion, host, pid, startedAt, seenAt };
};
