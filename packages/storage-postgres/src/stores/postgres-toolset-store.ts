import type { Toolset, ToolsetStore } from "@patchbay/core";
import { PatchbayError } from "@patchbay/protocol";
import type { Kysely } from "kysely";
import { atomically } from "../connection.ts";
import type { Tables } from "../tables.ts";

export class PostgresToolsetStore implements ToolsetStore {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  async list(organizationId: string): Promise<readonly Toolset[]> {
    return await this.#db
      .selectFrom("toolsets")
      .selectAll()
      .where("organizationId", "=", organizationId)
      .orderBy("name")
      .execute();
  }

  async find(organizationId: string, name: string): Promise<Toolset | null> {
    const query = this.#db
      .selectFrom("toolsets")
      .selectAll()
      .where("organizationId", "=", organizationId)
      .where("name", "=", name);
    return (await (this.#db.isTransaction ? query.forNoKeyUpdate() : query).executeTakeFirst()) ?? null;
  }

  async create(toolset: Toolset, most: number): Promise<void> {
    const { organizationId, name } = toolset;
    await atomically(this.#db, async (db) => {
      await db
        .selectFrom("organizations")
        .select("id")
        .where("id", "=", organizationId)
        .forNoKeyUpdate()
        .execute();
      const names = await db
        .selectFrom("toolsets")
        .select("name")
        .where("organizationId", "=", organizationId)
        .execute();
      if (names.some((one) => one.name === name))
        throw new PatchbayError("already_exists", `There is a toolset "${name}" already.`);
      if (names.length >= most)
        throw new PatchbayError(
          "invalid_request",
          `The organization has ${most} toolsets already, which is as many as there may be. Delete one first.`,
        );
      await db
        .insertInto("toolsets")
        .values({ ...toolset, tools: JSON.stringify(toolset.tools) })
        .execute();
    });
  }

  async replace({ organizationId, name, title, description, mode, tools }: Toolset): Promise<void> {
    await this.#db
      .updateTable("toolsets")
      .set({ title, description, mode, tools: JSON.stringify(tools) })
      .where("organizationId", "=", organizationId)
      .where("name", "=", name)
      .execute();
  }

  async remove(organizationId: string, name: string): Promise<boolean> {
    const gone = await this.#db
      .deleteFrom("toolsets")
      .where("organizationId", "=", organizationId)
      .where("name", "=", name)
      .returning("name")
      .executeTakeFirst();
    return gone !== undefined;
  }
}
