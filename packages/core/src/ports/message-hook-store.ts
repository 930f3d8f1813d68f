import type { HookFailure } from "@patchbay/protocol";

/** What an organization has decided about a message hook of a plugin. */
export interface HookDecision {
  readonly plugin: string;
  readonly name: string;
  /** Whether messages pass it. */
  readonly on: boolean;
  readonly onFailure: HookFailure;
}

/** What organizations have decided about message hooks, in the order in which messages pass them. */
export interface MessageHookStore {
  list(organizationId: string): Promise<readonly HookDecision[]>;
  /** Replaces all. */
  put(organizationId: string, decisions: readonly HookDecision[]): Promise<void>;
}
