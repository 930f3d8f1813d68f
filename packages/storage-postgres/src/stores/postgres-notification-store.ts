import type { Notification, NotificationReader, NotificationStore, Page } from "@patchbay/core";
import { PatchbayError } from "@patchbay/protocol";
import { type Kysely, sql } from "kysely";
import { atomically } from "../connection.ts";
import { decodeCounter, pageOf, requireCounter } from "../cursor.ts";
import { brokenForeignKey } from "../errors.ts";
import type { Row, Tables } from "../tables.ts";

/** Notifications of all organizations in one table, and who has read which in another. */
export class PostgresNotificationStore implements NotificationStore {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  async add(notification: Omit<Notification, "id" | "createdAt">, read: boolean): Promise<void> {
    const { organizationId, installationId, pluginId, project, userId, level, title, message } = notification;
    try {
      await atomically(this.#db, async (db) => {
        const { id } = await db
          .insertInto("notifications")
          .values({
            organizationId,
            installationId,
            pluginId,
            project,
            userId,
            level,
            title: storable(title),
            message: message === null ? null : storable(message),
          })
          .returning("id")
          .executeTakeFirstOrThrow();
        if (read && userId !== null)
          await db.insertInto("notificationReads").values({ notificationId: id, userId }).execute();
      });
    } catch (error) {
      if (brokenForeignKey(error) === null) throw error;
      throw new PatchbayError("plugin_not_installed", "The plugin is no longer installed.");
    }
  }

  async list(
    organizationId: string,
    reader: NotificationReader,
    { unread, limit, cursor }: { unread: boolean; limit: number; cursor?: string },
  ): Promise<Page<Notification & { readonly read: boolean }>> {
    let found = this.#seenBy(organizationId, reader)
      .leftJoin("notificationReads", (join) =>
        join
          .onRef("notificationReads.notificationId", "=", "notifications.id")
          .on("notificationReads.userId", "=", reader.userId),
      )
      .selectAll("notifications")
      .select("notificationReads.userId as readBy");
    if (unread) found = found.where("notificationReads.userId", "is", null);
    if (cursor !== undefined) found = found.where("notifications.id", "<", decodeCounter(cursor));
    const rows = await found
      .orderBy("notifications.id", "desc")
      .limit(limit + 1)
      .execute();
    return pageOf(rows, limit, toNotification, ({ id }) => id);
  }

  async countUnread(organizationId: string, reader: NotificationReader): Promise<number> {
    const { count } = await this.#seenBy(organizationId, reader)
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom("notificationReads")
              .select("notificationReads.userId")
              .whereRef("notificationReads.notificationId", "=", "notifications.id")
              .where("notificationReads.userId", "=", reader.userId),
          ),
        ),
      )
      .select(({ fn }) => fn.countAll<string>().as("count"))
      .executeTakeFirstOrThrow();
    return Number(count);
  }

  async markRead(
    organizationId: string,
    reader: NotificationReader,
    which: { readonly ids: readonly string[] } | { readonly until: string },
  ): Promise<void> {
    const seen = this.#seenBy(organizationId, reader);
    const chosen =
      "ids" in which
        ? seen.where("notifications.id", "in", [...which.ids.map(requireCounter), "0"])
        : seen.where("notifications.id", "<=", requireCounter(which.until));
    await this.#db
      .insertInto("notificationReads")
      .columns(["notificationId", "userId"])
      .expression(chosen.select(["notifications.id", sql<string>`${reader.userId}::text`.as("userId")]))
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }

  async count(installationId: string): Promise<number> {
    const { count } = await this.#db
      .selectFrom("notifications")
      .where("installationId", "=", installationId)
      .select(({ fn }) => fn.countAll<string>().as("count"))
      .executeTakeFirstOrThrow();
    return Number(count);
  }

  async removeProject(organizationId: string, project: string): Promise<void> {
    await this.#db
      .deleteFrom("notifications")
      .where("organizationId", "=", organizationId)
      .where("project", "=", project)
      .execute();
  }

  async trim(keep: number, before: Date): Promise<void> {
    await this.#db.deleteFrom("notifications").where("createdAt", "<", before).execute();
    await sql`
      delete from notifications using installations, lateral (
        select id from notifications as kept where kept.installation_id = installations.id
        order by id desc offset ${keep} limit 1
      ) as newest_too_many
      where notifications.installation_id = installations.id and notifications.id <= newest_too_many.id
    `.execute(this.#db);
  }

  #seenBy(organizationId: string, { userId, projects, plugins }: NotificationReader) {
    let seen = this.#db
      .selectFrom("notifications")
      .where("notifications.organizationId", "=", organizationId)
      .where(({ or, eb }) =>
        or([eb("notifications.userId", "is", null), eb("notifications.userId", "=", userId)]),
      );
    if (projects !== "all")
      seen = seen.where(({ or, eb }) =>
        or([
          eb("notifications.project", "is", null),
          eb("notifications.project", "=", sql<string>`any(${projects}::text[])`),
        ]),
      );
    if (plugins !== "all")
      seen = seen.where(({ or, eb }) =>
        or([
          eb("notifications.installationId", "is", null),
          eb("notifications.pluginId", "=", sql<string>`any(${plugins}::text[])`),
        ]),
      );
    return seen;
  }
}

/** Text that the database can hold: a plugin may write the one character that it cannot. */
const storable = (text: string): string => text.replaceAll("\0", "\uFFFD");

const toNotification = ({ readBy, ...notification }: Row<"notifications"> & { readBy: string | null }) => ({
  ...notification,
  read: readBy !== null,
});
