import type { ApiKey, User } from "../ports/account-store.ts";
import type { Actor } from "../ports/audit-store.ts";
import type { Membership } from "../ports/organization-store.ts";
import type { HostCaller, StartedBy } from "../ports/plugin-runtime.ts";

/** Somebody who has signed in. */
export interface Person {
  readonly kind: "person";
  readonly user: User;
  readonly key: null;
  readonly memberships: readonly Membership[];
}

/** An API key: it narrows the rights of the person whose it is to one organization and a list. */
export interface KeyHolder {
  readonly kind: "api_key";
  readonly user: User;
  readonly key: ApiKey;
  readonly memberships: readonly Membership[];
}

/** Who makes a request, with all that decides what they may do. */
export type Principal = Person | KeyHolder;

/** An installation that asks something of the platform. */
export interface PluginCaller {
  readonly kind: "plugin";
  readonly installation: HostCaller;
  /** Who looks at the view that asks; null for server code, which acts in its own name. */
  readonly onBehalfOf: Principal | null;
}

/** Server code, which asks in its plugin's own name. */
export interface ServerCode extends PluginCaller {
  readonly onBehalfOf: null;
}

/** Somebody in an organization of theirs. */
export interface MemberOf {
  readonly principal: Principal;
  /** Slug. */
  readonly organization: string;
}

/** Who uses what plugins contribute: a person or an API key, or a plugin in the organization that it is installed in. */
export type Asker = MemberOf | ServerCode;

export const isServerCode = (by: Asker | Caller): by is ServerCode =>
  "kind" in by && by.kind === "plugin" && by.onBehalfOf === null;

/** A request from outside at an address of an organization's: nobody knows whose, and it sees no more than the address is for. */
export interface EndpointCaller {
  readonly kind: "endpoint";
  readonly organizationId: string;
  /** Slug of the only project that it is for; null: the organization. */
  readonly project: string | null;
}

/** Who starts a chain of calls, as all of it is told. */
export const startedBy = ({ user, key }: Principal): StartedBy => ({
  person: user.id,
  ...(key !== null && { apiKey: key.id }),
});

/** Patchbay itself, for a reason of its own. */
export interface SystemCaller {
  readonly kind: "system";
  readonly because: "builtins" | "automatic_update" | "recovery" | "mcp_bridge";
}

/** Whoever does something. One kind for each that something makes; what differs between them is asked here or in `authority.ts`. */
export type Caller = Principal | PluginCaller | EndpointCaller | SystemCaller;

export const SYSTEM_ACTOR: Actor = { kind: "system", id: null, name: "Patchbay" };

/** Under what name the history has what a caller changes. */
export const actorOf = (caller: Principal | SystemCaller): Actor => {
  switch (caller.kind) {
    case "person":
      return { kind: "user", id: caller.user.id, name: caller.user.email };
    case "api_key":
      return { kind: "api_key", id: caller.key.id, name: `${caller.key.name} (${caller.user.email})` };
    case "system":
      return SYSTEM_ACTOR;
    default:
      return caller satisfies never;
  }
};
