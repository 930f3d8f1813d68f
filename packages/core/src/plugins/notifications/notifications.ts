import { type Access, authorize, isScopeVisible, type Principal } from "../../access/access.ts";
import type { Page } from "../../ports/catalog-store.ts";
import type { Database } from "../../ports/database.ts";
import type { Notification, NotificationReader } from "../../ports/notification-store.ts";

export type ReadNotification = Notification & { readonly read: boolean };

/** What plugins wanted people to know. Everyone sees what the plugins and projects that they see have said. */
export class Notifications {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Newest first; with the number of those that the caller has not read. */
  async list(
    principal: Principal,
    slug: string,
    query: { unread: boolean; limit: number; cursor?: string },
  ): Promise<{ page: Page<ReadNotification>; unread: number }> {
    const access = authorize(principal, slug, "org.plugins.read");
    const reader = await this.#readerOf(access);
    const { id } = access.organization;
    const [page, unread] = await Promise.all([
      this.#database.notifications.list(id, reader, query),
      this.#database.notifications.countUnread(id, reader),
    ]);
    return { page, unread };
  }

  /** Marks some, or all up to one, as read by the caller. Answers how many are left. */
  async markRead(
    principal: Principal,
    slug: string,
    which: { readonly ids: readonly string[] } | { readonly until: string },
  ): Promise<number> {
    const access = authorize(principal, slug, "org.plugins.read");
    const reader = await this.#readerOf(access);
    await this.#database.notifications.markRead(access.organization.id, reader, which);
    return await this.#database.notifications.countUnread(access.organization.id, reader);
  }

  async #readerOf(access: Access): Promise<NotificationReader> {
    const { role, principal, organization } = access;
    const userId = principal.user.id;
    if (role === "owner" || role === "admin") return { userId, projects: "all", plugins: "all" };
    const plugins = (await this.#database.installations.list(organization.id))
      .filter(({ scope }) => isScopeVisible(access, scope))
      .map(({ pluginId }) => pluginId);
    return { userId, projects: [...access.projects], plugins };
  }
}
