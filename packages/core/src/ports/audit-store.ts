import type { AuditAction } from "@patchbay/protocol";
import type { Page } from "./catalog-store.ts";

/** Who did it: a person in the browser, a person by API key, or Patchbay itself. */
export interface Actor {
  readonly kind: "user" | "api_key" | "system";
  readonly id: string | null;
  readonly name: string;
}

/** One step that somebody took. A plugin's history is its part of the audit log. */
export interface AuditEvent {
  readonly id: string;
  readonly organizationId: string | null;
  readonly actor: Actor;
  /** An `AuditAction`, or one of another version of Patchbay. */
  readonly action: string;
  readonly pluginId: string | null;
  /** What changed; never a secret's value. */
  readonly detail: Readonly<Record<string, unknown>>;
  readonly at: Date;
}

/** One that is to be written down. */
export interface NewAuditEvent extends Omit<AuditEvent, "id" | "at"> {
  readonly action: AuditAction;
}

export interface AuditQuery {
  readonly pluginId?: string;
  /** A person's or an API key's id. */
  readonly actorId?: string;
  readonly action?: string;
  readonly from?: Date;
  /** Events before this time. */
  readonly until?: Date;
  /** Beginnings of words that must all occur: in action, plugin, the actor's name or the detail. */
  readonly q?: string;
  readonly limit: number;
  readonly cursor?: string;
}

export interface AuditStore {
  append(event: NewAuditEvent): Promise<void>;
  /** Newest first. */
  list(organizationId: string, query: AuditQuery): Promise<Page<AuditEvent>>;
}
