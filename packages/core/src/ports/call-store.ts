import type { CallContent, CallSurface, ErrorCode, ServerKindName } from "@patchbay/protocol";
import type { Page } from "./catalog-store.ts";

/** One call into a plugin, as the log of calls keeps it. */
export interface LoggedCall {
  readonly id: string;
  readonly organizationId: string;
  readonly installationId: string;
  readonly pluginId: string;
  readonly version: string;
  readonly kind: ServerKindName;
  /** Of the contribution. */
  readonly name: string;
  /** Slug. */
  readonly project: string | null;
  /** Who has started the chain, and the key with which they have: ids. */
  readonly userId: string | null;
  readonly apiKeyId: string | null;
  /** The plugin that has called, by its server code or by a view of it. */
  readonly caller: string | null;
  readonly surface: CallSurface | null;
  /** Through what it has come, the outermost first. */
  readonly path: readonly string[] | null;
  /** Id of the call that it is a part of. */
  readonly parentId: string | null;
  /** Id of the first call of its chain. */
  readonly chainId: string;
  readonly traceId: string | null;
  /** When it began. */
  readonly at: Date;
  readonly durationMs: number;
  /** null: it was answered. */
  readonly code: ErrorCode | null;
  readonly inputBytes: number | null;
  readonly outputBytes: number | null;
  readonly input: CallContent | null;
  readonly output: CallContent | null;
}

/** One in a list, without what went in and out, and with the names of whoever has started it; null for who is gone. */
export interface ListedCall extends Omit<LoggedCall, "input" | "output"> {
  readonly userName: string | null;
  readonly apiKeyName: string | null;
}

/** Whose calls somebody may read. */
export interface CallReach {
  readonly organizationId: string;
  /** Everything, or what this person has started, and what was for these projects (slugs). */
  readonly of: "everybody" | { readonly userId: string; readonly projects: readonly string[] };
  /** Plugins that are not hidden; those of these projects and of none. */
  readonly seen: "all" | { readonly installations: readonly string[]; readonly projects: readonly string[] };
}

export interface CallQuery {
  readonly plugin?: string;
  readonly kind?: ServerKindName;
  readonly name?: string;
  readonly project?: string;
  /** Ids. */
  readonly person?: string;
  readonly apiKey?: string;
  readonly chain?: string;
  /** `answered`, `failed`, or the code of an error. */
  readonly ended?: string;
  readonly since?: Date;
  /** Calls that began before. */
  readonly until?: Date;
  readonly limit: number;
  readonly cursor?: string;
}

/** The log of calls. What is in it goes with the installation that was called. */
export interface CallStore {
  /** Those of installations that are gone are left out, and those that are there already. */
  append(calls: readonly LoggedCall[]): Promise<void>;
  /** Newest first. */
  list(reach: CallReach, query: CallQuery): Promise<Page<ListedCall>>;
  find(reach: CallReach, id: string): Promise<(ListedCall & Pick<LoggedCall, "input" | "output">) | null>;
  /** Of a chain, those that may be read, by their beginnings. */
  listChain(reach: CallReach, chainId: string, limit: number): Promise<ListedCall[]>;
  /** Keeps the newest `keep` of each plugin of the organization, and none that began before `before`. */
  trim(organizationId: string, keep: number, before: Date): Promise<void>;
}
