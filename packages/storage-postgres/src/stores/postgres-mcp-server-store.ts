import type { McpServer, McpServerLook, McpServerStore } from "@patchbay/core";
import type { Kysely } from "kysely";
import { jsonOrNull, type Tables } from "../tables.ts";

export class PostgresMcpServerStore implements McpServerStore {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  async add({
    installationId,
    url,
    header,
  }: Pick<McpServer, "installationId" | "url" | "header">): Promise<void> {
    await this.#db
      .insertInto("mcpServers")
      .values({ installationId, url, header: JSON.stringify(header), outage: null })
      .execute();
  }

  async find(installationId: string): Promise<McpServer | null> {
    return (await this.list([installationId]))[0] ?? null;
  }

  async list(installationIds: readonly string[]): Promise<readonly McpServer[]> {
    if (installationIds.length === 0) return [];
    return await this.#db
      .selectFrom("mcpServers")
      .selectAll()
      .where("installationId", "in", [...installationIds])
      .orderBy("installationId")
      .execute();
  }

  async takeDue(
    now: Date,
    { before, brokenBefore }: { readonly before: Date; readonly brokenBefore: Date },
    limit: number,
  ): Promise<readonly string[]> {
    const due = this.#db
      .selectFrom("mcpServers")
      .innerJoin("installations", "installations.id", "mcpServers.installationId")
      .select("installationId")
      .where("installations.state", "=", "enabled")
      .where((has) =>
        has.or([
          has("checkedAt", "is", null),
          has("checkedAt", "<", before),
          has.and([has("outage", "is not", null), has("checkedAt", "<", brokenBefore)]),
        ]),
      )
      .orderBy("checkedAt", (order) => order.asc().nullsFirst())
      .limit(limit)
      .forUpdate(["mcpServers"])
      .skipLocked();
    const taken = await this.#db
      .updateTable("mcpServers")
      .set({ checkedAt: now })
      .where("installationId", "in", due)
      .returning("installationId")
      .execute();
    return taken.map(({ installationId }) => installationId);
  }

  async record(installationId: string, { digest, checkedAt, outage }: McpServerLook): Promise<void> {
    await this.#db
      .updateTable("mcpServers")
      .set({ digest, checkedAt, outage: jsonOrNull(outage) })
      .where("installationId", "=", installationId)
      .execute();
  }
}
