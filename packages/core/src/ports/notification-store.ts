import type { NotificationLevel } from "@patchbay/protocol";
import type { Page } from "./catalog-store.ts";

/** A note for people, of a plugin or of Patchbay about one: for all who see the plugin, those of a project, or one person. */
export interface Notification {
  readonly id: string;
  readonly organizationId: string;
  /** null: Patchbay's own, which is for one person. */
  readonly installationId: string | null;
  readonly pluginId: string;
  /** Slug of the project that it is about. */
  readonly project: string | null;
  /** For whom alone it is. */
  readonly userId: string | null;
  readonly level: NotificationLevel;
  readonly title: string;
  readonly message: string | null;
  readonly createdAt: Date;
}

/** Who reads, and what they see. */
export interface NotificationReader {
  readonly userId: string;
  /** Slugs. */
  readonly projects: "all" | readonly string[];
  /** Ids. */
  readonly plugins: "all" | readonly string[];
}

export interface NotificationStore {
  /** `read`: the one person whom it is for has seen it already. Throws `plugin_not_installed`. */
  add(notification: Omit<Notification, "id" | "createdAt">, read: boolean): Promise<void>;
  /** Newest first. */
  list(
    organizationId: string,
    reader: NotificationReader,
    query: { unread: boolean; limit: number; cursor?: string },
  ): Promise<Page<Notification & { readonly read: boolean }>>;
  countUnread(organizationId: string, reader: NotificationReader): Promise<number>;
  /** Those of these ids, or every one up to this id; what the reader does not see stays as it is. */
  markRead(
    organizationId: string,
    reader: NotificationReader,
    which: { readonly ids: readonly string[] } | { readonly until: string },
  ): Promise<void>;
  /** How many an installation has. */
  count(installationId: string): Promise<number>;
  removeProject(organizationId: string, project: string): Promise<void>;
  /** Keeps the newest `keep` of each installation and nothing older than `before`. */
  trim(keep: number, before: Date): Promise<void>;
}
