import type {
  Grant,
  HostAnswerValue,
  HostDomainName,
  HostMethodName,
  HostMethodOf,
  HostParams,
  Manifest,
} from "@patchbay/protocol";
import type { HostAnswer, HostCall } from "../../ports/plugin-runtime.ts";

/** A host call that may be made, in the form that its method asks for: what the domains get to see. */
export interface PermittedCall<Method extends HostMethodName = HostMethodName> extends HostCall {
  readonly params: HostParams<Method>;
  readonly manifest: Manifest;
  /** The grant that allows it, with all limits spelled out; null where no permission is needed. */
  readonly grant: Grant | null;
}

export type HostMethodHandler<Method extends HostMethodName = HostMethodName> = (
  call: PermittedCall<Method>,
) => Promise<HostAnswer & { readonly value: HostAnswerValue<Method> }>;

/** All methods of a domain. */
export type HostHandlers<Domain extends HostDomainName> = {
  readonly [Method in HostMethodOf<Domain>]: HostMethodHandler<Method>;
};

/** Who serves each domain of the protocol's table. */
export type ServedDomains = { readonly [Domain in HostDomainName]: HostHandlers<Domain> };
