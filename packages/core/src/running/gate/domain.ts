import type {
  Grant,
  HostAnswerValue,
  HostDomainName,
  HostMethodName,
  HostMethodOf,
  HostParams,
  HostStreamValue,
  Manifest,
} from "@patchbay/protocol";
import type { MemberAuthority } from "../../access/authority.ts";
import { type PluginCaller, startedBy } from "../../access/caller.ts";
import type { Sight } from "../../access/sight.ts";
import type { HostAnswer, HostCall, StartedBy } from "../../ports/plugin-runtime.ts";

/** A host call with who makes it, and what they may know of. */
export interface GateCall extends HostCall {
  readonly by: Sight & { readonly caller: PluginCaller };
}

/** Server code acts for its plugin alone, and sees what the organization has. */
export const ofServerCode = (call: HostCall): GateCall => ({
  ...call,
  by: { caller: { kind: "plugin", installation: call.spec, onBehalfOf: null }, projects: "all" },
});

/** A view acts for whoever looks at it, and sees what they see. */
export const ofView = (call: HostCall, { caller, projects }: MemberAuthority): GateCall => ({
  ...call,
  by: { caller: { kind: "plugin", installation: call.spec, onBehalfOf: caller }, projects },
});

/** Who has started the chain that a call is a part of: whoever looks at the view, or has called the server code; undefined where nobody has. */
export const starterOf = ({ by, startedBy: started }: GateCall): StartedBy | undefined => {
  const { onBehalfOf } = by.caller;
  return onBehalfOf === null ? started : startedBy(onBehalfOf);
};

/** Id of that person; null for none. */
export const personOf = (call: GateCall): string | null => starterOf(call)?.person ?? null;

/** A host call that may be made, in the form that its method asks for: what the domains get to see. */
export interface PermittedCall<Method extends HostMethodName = HostMethodName> extends GateCall {
  readonly params: HostParams<Method>;
  readonly manifest: Manifest;
  /** Whether the version that calls came with Patchbay. */
  readonly isBuiltin: boolean;
  /** The grant that allows it, with all limits spelled out; null where no permission is needed. */
  readonly grant: Grant | null;
  /** The grant as it is by now, for answers that last. Throws once the call may not be made any more. */
  readonly requirePermitted: () => Promise<Grant | null>;
}

/** What a method's stream has; where it has none, there is no stream. */
type Streamed<Method extends HostMethodName> = [HostStreamValue<Method>] extends [never]
  ? { readonly values?: never }
  : { readonly values: AsyncIterable<HostStreamValue<Method>> };

export type HostMethodHandler<Method extends HostMethodName = HostMethodName> = (
  call: PermittedCall<Method>,
) => Promise<Omit<HostAnswer, "values"> & { readonly value: HostAnswerValue<Method> } & Streamed<Method>>;

/** All methods of a domain. */
export type HostHandlers<Domain extends HostDomainName> = {
  readonly [Method in HostMethodOf<Domain>]: HostMethodHandler<Method>;
};

/** Who serves each domain of the protocol's table. */
export type ServedDomains = { readonly [Domain in HostDomainName]: HostHandlers<Domain> };

/** Domains that are served by what stands on plugins itself, and needs them to be there. */
export type FurtherDomains = Pick<ServedDomains, "chat" | "memory" | "tools">;
