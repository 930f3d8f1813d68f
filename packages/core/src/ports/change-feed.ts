import type { ActivityKind } from "@patchbay/protocol";

/** What a kind of change means to those who hear of it. */
interface ChangeMeaning {
  /** Whom it may make another caller than before: whoever comes by what its id names, or everybody. */
  readonly callers: "of_key" | "of_session" | "all" | null;
  /** Whether it is about all organizations where it names none. */
  readonly isForAll: boolean;
  /** As what people hear of it; null: they do not. */
  readonly told: ActivityKind | null;
}

const nobody = { callers: null, isForAll: false } as const;

/** Every kind of change there is. Who hears of one is up to the activity feed, and what it makes stale in a console to that. */
export const CHANGES = {
  installation: { ...nobody, told: "installation" },
  settings: { ...nobody, told: "settings" },
  member: { ...nobody, callers: "all", told: "members" },
  project: { ...nobody, told: "projects" },
  api_key: { ...nobody, callers: "of_key", told: "keys" },
  session: { callers: "of_session", isForAll: true, told: null },
  catalog: { ...nobody, isForAll: true, told: "catalog" },
  notification: { ...nobody, isForAll: true, told: "notifications" },
  request: { ...nobody, told: "requests" },
  publisher: { ...nobody, told: null },
  registry: { ...nobody, told: null },
  schedule: { ...nobody, told: "schedules" },
  models: { ...nobody, told: "models" },
  /** A budget of models, or their prices. */
  budget: { ...nobody, told: "budgets" },
  toolset: { ...nobody, told: "toolsets" },
  /** A client waits no longer for a call that any node may have under way. */
  client_call: { ...nobody, told: null },
  endpoint: { ...nobody, told: "endpoints" },
  /** Something has come at an endpoint. */
  endpoint_request: { ...nobody, told: "endpoints" },
  /** The connection was lost for a while: whatever is held in memory may be stale. */
  everything: { callers: "all", isForAll: true, told: "everything" },
} as const satisfies Readonly<Record<string, ChangeMeaning>>;

/** Whether what a caller may do can be other than before. */
export const concernsCallers = ({ kind }: Change): boolean => CHANGES[kind].callers !== null;

export type ChangeKind = keyof typeof CHANGES;

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
  | ({ readonly kind: Exclude<ChangeKind, "everything">; readonly id: string } & ChangePlace)
  | { readonly kind: "everything" };

/** Changes of all nodes, this one's included, after they were committed. */
export interface ChangeFeed {
  /** Returns the function that ends the subscription. */
  subscribe(listener: (change: Change) => void): () => void;
}
