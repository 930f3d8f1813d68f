export const CHANGE_KINDS = [
  "installation",
  "settings",
  "member",
  "project",
  "api_key",
  "session",
  "catalog",
  "notification",
  "request",
  "publisher",
  "registry",
] as const;

/** Where a change happened, as far as it is known and the change has such a place. */
export interface ChangePlace {
  /** Absent: in none, or (a package of the system catalog) in all. */
  readonly organizationId?: string;
  readonly pluginId?: string;
  /** Slug of the project. */
  readonly project?: string;
  /** Whose API key or request it is; for whom alone a notification is. */
  readonly userId?: string;
  /** What of an installation is not as before. */
  readonly aspects?: readonly ("grants" | "scope")[];
}

/** Something that nodes hold in memory, or that people look at, has changed. Carries ids only: whoever needs more reads it. */
export type Change =
  | ({ readonly kind: (typeof CHANGE_KINDS)[number]; readonly id: string } & ChangePlace)
  /** The connection was lost for a while: whatever is held in memory may be stale. */
  | { readonly kind: "everything" };

/** Changes of all nodes, this one's included, after they were committed. */
export interface ChangeFeed {
  /** Returns the function that ends the subscription. */
  subscribe(listener: (change: Change) => void): () => void;
}
