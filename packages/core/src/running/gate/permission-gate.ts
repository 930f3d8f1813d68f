import {
  type Grant,
  HOST_METHODS,
  type HostMethod,
  type HostMethodName,
  isHostMethodName,
  type Manifest,
  PatchbayError,
  type PermissionName,
  schemaErrors,
} from "@patchbay/protocol";
import type { TSchema } from "typebox";
import { Compile, type Validator } from "typebox/compile";
import { allRequests, grantWithin, viewUseOf } from "../../access/grants.ts";
import type { HostAnswer, HostCall } from "../../ports/plugin-runtime.ts";
import type { World } from "../../world.ts";
import { CallMeter } from "./call-meter.ts";

/** A host call that may be made: what the domain services get to see. */
export interface PermittedCall extends HostCall {
  readonly manifest: Manifest;
  /** The grant that allows it, with all limits spelled out; null where no permission is needed. */
  readonly grant: Grant | null;
}

export type HostMethodHandler = (call: PermittedCall) => Promise<HostAnswer>;
export type HostMethodHandlers = Partial<Record<HostMethodName, HostMethodHandler>>;

/** What is in force for a running version of an installation; null when it no longer is. */
export type GrantsInForce = (
  call: HostCall,
) => Promise<{ manifest: Manifest; grants: readonly Grant[] } | null>;

/**
 * The only door from a plugin to anything. A call passes when its method exists, its permission is granted, its rate is
 * within the grant and its parameters have the right form; everything else is refused.
 */
export class PermissionGate {
  readonly #inForce: GrantsInForce;
  readonly #handlers: HostMethodHandlers;
  readonly #meter: CallMeter;

  constructor(inForce: GrantsInForce, handlers: HostMethodHandlers, world: World) {
    this.#inForce = inForce;
    this.#handlers = handlers;
    this.#meter = new CallMeter(world);
  }

  /** Throws `permission_denied`, `quota_exceeded`, `invalid_input`, `not_available`, or what the domain throws. */
  async handle(call: HostCall): Promise<HostAnswer> {
    if (!isHostMethodName(call.method)) {
      throw new PatchbayError(
        "permission_denied",
        `The platform has no call named "${call.method.slice(0, 64)}".`,
      );
    }
    const inForce = await this.#inForce(call);
    if (inForce === null)
      throw new PatchbayError("permission_denied", "This version of the plugin is no longer in force.");
    const method: HostMethod = HOST_METHODS[call.method];
    const grant = method.permission === null ? null : this.#requireGrant(call, method.permission, inForce);
    const handler = this.#handlers[call.method];
    if (handler === undefined || method.params === undefined) {
      throw new PatchbayError(
        "not_available",
        `${call.method} is not available in this version of Patchbay.`,
      );
    }
    requireForm(call, method.params);
    return await handler({ ...call, manifest: inForce.manifest, grant });
  }

  #requireGrant(
    call: HostCall,
    name: PermissionName,
    { manifest, grants }: { manifest: Manifest; grants: readonly Grant[] },
  ): Grant {
    const held = grants.find((grant) => grant.name === name);
    if (held === undefined)
      throw new PatchbayError(
        "permission_denied",
        `${call.method} needs the permission ${name}, which was not granted.`,
        { facts: { permission: name } },
      );
    const grant = grantWithin(held, allRequests(manifest));
    if (call.fromView && viewUseOf(grant) === "none")
      throw new PatchbayError(
        "permission_denied",
        `Views of "${manifest.id}" may not call ${call.method}: ${name} was not granted for them. ` +
          'Call it in server code, or ask for it with "views": "use" in plugin.json.',
        { facts: { permission: name } },
      );
    if (grant.callsPerMinute !== undefined)
      this.#meter.count(`${call.spec.installationId} ${name}`, grant.callsPerMinute, call.method);
    return grant;
  }
}

const validators = new Map<string, Validator>();

const requireForm = (call: HostCall, schema: TSchema): void => {
  const validator = validators.get(call.method) ?? Compile(schema);
  validators.set(call.method, validator);
  if (validator.Check(call.params ?? {})) return;
  const errors = schemaErrors(schema, call.params ?? {});
  throw new PatchbayError("invalid_input", `${call.method}: ${errors[0]?.pointer} ${errors[0]?.message}`, {
    errors,
  });
};
