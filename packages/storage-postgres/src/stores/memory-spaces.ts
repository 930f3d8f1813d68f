import type { MemoryOwner, MemorySpace, OwnedSpace, SpaceBounds } from "@patchbay/core";
import { PatchbayError } from "@patchbay/protocol";
import { type Kysely, sql } from "kysely";
import { atomically } from "../connection.ts";
import type { Row, Tables } from "../tables.ts";
import { holdMembers, withoutMember } from "./member-locks.ts";
import { toSpace } from "./memory-rows.ts";
import { lockUsage } from "./plugin-data-usage.ts";

/** The plugin's own namespaces and those of the person who calls: no statement for an owner sees any other. */
export const isSeen = ({ installationId, person }: MemoryOwner) =>
  sql<boolean>`memory_spaces.installation_id = ${installationId} and (
    memory_spaces.user_id is null or memory_spaces.user_id = ${person}::text)`;

/** Of an installation's namespaces, the plugin's own and people's. */
export class MemorySpaces {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  async create(
    owner: MemoryOwner,
    { name, userId }: Pick<MemorySpace, "name" | "userId">,
    bounds: SpaceBounds,
  ): Promise<MemorySpace> {
    const { installationId, organizationId } = owner;
    try {
      return await atomically(this.#db, async (db) => {
        if (userId !== null) await holdMembers(db, organizationId, [userId]);
        await lockUsage(db, installationId);
        const there = await find(db, owner, name);
        if (there !== undefined) return toSpace(there);
        await requireOneMore(db, { installationId, userId }, bounds);
        const made = await db
          .insertInto("memorySpaces")
          .values({ id: sql<string>`gen_random_uuid()::text`, installationId, organizationId, userId, name })
          .returningAll()
          .executeTakeFirstOrThrow();
        return toSpace(made);
      });
    } catch (error) {
      throw withoutMember(error, "memory_spaces_member");
    }
  }

  async list(owner: MemoryOwner): Promise<readonly MemorySpace[]> {
    const spaces = this.#db.selectFrom("memorySpaces").selectAll().where(isSeen(owner));
    return (await spaces.orderBy("name").execute()).map(toSpace);
  }

  async find(owner: MemoryOwner, name: string): Promise<MemorySpace | null> {
    const space = await find(this.#db, owner, name);
    return space === undefined ? null : toSpace(space);
  }

  async remove(owner: MemoryOwner, name: string): Promise<boolean> {
    return await atomically(this.#db, async (db) => {
      await lockUsage(db, owner.installationId);
      const gone = await db
        .deleteFrom("memorySpaces")
        .where(isSeen(owner))
        .where("name", "=", name)
        .returning("id")
        .executeTakeFirst();
      return gone !== undefined;
    });
  }

  async listOwned(after: string | null, limit: number): Promise<readonly OwnedSpace[]> {
    let found = this.#db
      .selectFrom("memorySpaces")
      .innerJoin("installations", "installations.id", "memorySpaces.installationId")
      .selectAll("memorySpaces")
      .select(["installations.pluginId", "installations.version"])
      .where("installations.state", "in", ["enabled", "updating"]);
    if (after !== null) found = found.where("memorySpaces.id", ">", after);
    const rows = await found.orderBy("memorySpaces.id").limit(limit).execute();
    return rows.map(({ pluginId, version, ...row }) => ({
      ...toSpace(row),
      organizationId: row.organizationId,
      pluginId,
      version,
    }));
  }
}

const find = async (
  db: Kysely<Tables>,
  owner: MemoryOwner,
  name: string,
): Promise<Row<"memorySpaces"> | undefined> =>
  await db
    .selectFrom("memorySpaces")
    .selectAll()
    .where(isSeen(owner))
    .where("name", "=", name)
    .executeTakeFirst();

const requireOneMore = async (
  db: Kysely<Tables>,
  { installationId, userId }: Pick<MemorySpace, "installationId" | "userId">,
  { own, person, people }: SpaceBounds,
): Promise<void> => {
  const count = await db
    .selectFrom("memorySpaces")
    .select([
      sql<number>`count(*) filter (where user_id is null)::integer`.as("own"),
      sql<number>`count(*) filter (where user_id = ${userId}::text)::integer`.as("person"),
      sql<number>`count(user_id)::integer`.as("people"),
    ])
    .where("installationId", "=", installationId)
    .executeTakeFirstOrThrow();
  if (userId === null && count.own >= own)
    throw exceeded(`A plugin may have ${own} namespaces of memories, and has as many. Delete one first.`);
  if (userId !== null && count.person >= person)
    throw exceeded(
      `A person may have ${person} namespaces of a plugin's memories, and has as many. Delete one first.`,
    );
  if (userId !== null && count.people >= people)
    throw exceeded(
      `All people together may have ${people} namespaces of a plugin's memories, and have as many.`,
    );
};

const exceeded = (message: string): PatchbayError => new PatchbayError("quota_exceeded", message);
