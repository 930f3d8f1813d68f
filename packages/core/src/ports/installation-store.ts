import type { Badge, Grant, InstallationState, PackageSource } from "@patchbay/protocol";
import type { StoredSettings } from "./settings-store.ts";

/** All projects of the organization, or those of these slugs. */
export type ProjectScope = { readonly projects: "all" | readonly string[] };

/** What went wrong last, as the API shows it. */
export interface LastError {
  readonly code: string;
  readonly message: string;
  readonly at: string;
  /** Where to look next: an address of the API. */
  readonly see: string;
}

/**
 * A change under way. Written before it starts and removed with its outcome, so that a node that starts after a crash
 * knows what was interrupted.
 */
export interface Transition {
  readonly kind: "enable" | "update";
  readonly toVersion: string;
  readonly grants: readonly Grant[];
  /** Which node carries it out. */
  readonly nodeId: string;
  readonly startedAt: string;
  readonly wasEnabled: boolean;
  /** The organization's values before an update that changes them, for when it fails. */
  readonly settingsBefore?: StoredSettings;
}

/** An organization's choice: which version, what it may do, where it applies. The desired state. */
export interface Installation {
  readonly id: string;
  readonly organizationId: string;
  readonly pluginId: string;
  readonly version: string;
  /** The version before the last update, with the grants that it had: what a rollback goes back to. */
  readonly previous: {
    readonly version: string;
    readonly grants: readonly Grant[];
    /** Somebody went back from this version: nothing up to it is chosen by itself. */
    readonly takenBack?: string;
  } | null;
  readonly state: InstallationState;
  readonly source: PackageSource;
  readonly badge: Badge;
  readonly scope: ProjectScope;
  readonly grants: readonly Grant[];
  readonly transition: Transition | null;
  readonly lastError: LastError | null;
  /** Grows by one with every change; a change names the revision that it saw. */
  readonly revision: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export type InstallationChange = Partial<
  Pick<
    Installation,
    "version" | "previous" | "state" | "source" | "badge" | "scope" | "grants" | "transition" | "lastError"
  >
>;

export interface InstallationStore {
  /** Throws `already_installed`. */
  create(installation: Omit<Installation, "revision" | "createdAt" | "updatedAt">): Promise<Installation>;
  find(organizationId: string, pluginId: string): Promise<Installation | null>;
  findById(id: string): Promise<Installation | null>;
  /**
   * Within a transaction: waits until every other transaction that asked for the same organization is over, so that what is
   * read after it stays true until the end. Nobody else is held up.
   */
  lockAll(organizationId: string): Promise<void>;
  /** By plugin id. */
  list(organizationId: string): Promise<Installation[]>;
  /** Those with a change under way, of all organizations. */
  listInTransition(): Promise<Installation[]>;
  /** Those in the state `blocked`, of all organizations. */
  listBlocked(): Promise<Installation[]>;
  /** Every installation of a plugin, of all organizations: for built-ins, which are updated everywhere. */
  listByPlugin(pluginId: string): Promise<Installation[]>;
  /** Makes the change when the stored revision is still `revision`. Throws `plugin_busy` when it is not. */
  change(id: string, revision: number, change: InstallationChange): Promise<Installation>;
  /** Removes it with its settings, stored data and logs, when the revision is still `revision`. Throws `plugin_busy`. */
  remove(id: string, revision: number): Promise<void>;
}
