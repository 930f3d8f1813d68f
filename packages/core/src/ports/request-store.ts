import type { Grant } from "@patchbay/protocol";
import type { Actor } from "./audit-store.ts";
import type { Page } from "./catalog-store.ts";
import type { ProjectScope } from "./installation-store.ts";

export type RequestState = "open" | "approved" | "refused" | "withdrawn";

/** Somebody's wish to have a plugin, and what became of it. */
export interface PluginRequest {
  readonly id: string;
  readonly organizationId: string;
  readonly pluginId: string;
  readonly version: string;
  readonly grants: readonly Grant[];
  readonly scope: ProjectScope;
  readonly message: string | null;
  readonly userId: string;
  readonly userName: string;
  readonly state: RequestState;
  readonly decidedBy: Actor | null;
  /** Why it was refused. */
  readonly reason: string | null;
  readonly decidedAt: Date | null;
  /** Approved, and what was asked for has not been enabled since. */
  readonly awaitsEnabling: boolean;
  readonly createdAt: Date;
}

export interface RequestQuery {
  readonly state?: RequestState;
  /** Only this person's. */
  readonly userId?: string;
  readonly limit: number;
  readonly cursor?: string;
}

export interface RequestDecision {
  readonly state: Exclude<RequestState, "open">;
  readonly decidedBy: Actor;
  readonly reason: string | null;
}

export interface RequestStore {
  /** Throws `already_exists` while the person has an open request for the plugin. */
  create(
    request: Pick<
      PluginRequest,
      "organizationId" | "pluginId" | "version" | "grants" | "scope" | "message" | "userId"
    >,
  ): Promise<PluginRequest>;
  find(organizationId: string, id: string): Promise<PluginRequest | null>;
  /** Newest first. */
  list(organizationId: string, query: RequestQuery): Promise<Page<PluginRequest>>;
  countOpen(organizationId: string): Promise<number>;
  /** Throws `request_decided` when it is not open any more. */
  decide(organizationId: string, id: string, decision: RequestDecision): Promise<PluginRequest>;
  /** The plugin is enabled: nobody's request for it awaits that any more. Comes back with those that did. */
  endWaiting(organizationId: string, pluginId: string): Promise<readonly Pick<PluginRequest, "userId">[]>;
}
