import { authorize, type MemberAuthority } from "../../access/authority.ts";
import type { Principal } from "../../access/caller.ts";
import { visibleOf } from "../../access/sight.ts";
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
    const authority = authorize(principal, slug, "org.plugins.read");
    const reader = await this.#readerOf(authority);
    const { id } = authority.organization;
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
    const authority = authorize(principal, slug, "org.plugins.read");
    const reader = await this.#readerOf(authority);
    await this.#database.notifications.markRead(authority.organization.id, reader, which);
    return await this.#database.notifications.countUnread(authority.organization.id, reader);
  }

  async #readerOf(authority: MemberAuthority): Promise<NotificationReader> {
    const { projects, caller, organization } = authority;
    const userId = caller.user.id;
    if (projects === "all") return { userId, projects: "all", plugins: "all" };
    const installations = await this.#database.installations.list(organization.id);
    const plugins = visibleOf(authority, installations).map(({ pluginId }) => pluginId);
    return { userId, projects: [...projects], plugins };
  }
}
