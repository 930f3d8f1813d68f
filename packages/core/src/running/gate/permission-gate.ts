import {
  type Grant,
  type GrantablePermission,
  HOST_METHODS,
  type HostMethod,
  type HostMethodName,
  isHostMethodName,
  type Manifest,
  PatchbayError,
  schemaErrors,
} from "@patchbay/protocol";
import type { TSchema } from "typebox";
import { Compile, type Validator } from "typebox/compile";
import { allRequests, grantWithin, viewUseOf } from "../../access/grants.ts";
import type { InForceVersion } from "../../plugins/installations/installation-directory.ts";
import type { HostAnswer, HostCall } from "../../ports/plugin-runtime.ts";
import type { World } from "../../world.ts";
import { CallMeter } from "./call-meter.ts";
import type { GateCall, HostMethodHandler, PermittedCall, ServedDomains } from "./domain.ts";

/** What is in force for a running version of an installation; null when it no longer is. */
export type GrantsInForce = (call: Pick<HostCall, "spec">) => Promise<InForceVersion | null>;

/**
 * The only door from a plugin to anything. A call passes when its method exists, its permission is granted, its rate is
 * within the grant and its parameters have the right form; everything else is refused.
 */
export class PermissionGate {
  readonly #inForce: GrantsInForce;
  readonly #handlers: Readonly<Record<HostMethodName, HostMethodHandler>>;
  readonly #meter: CallMeter;

  constructor(inForce: GrantsInForce, domains: ServedDomains, world: World) {
    this.#inForce = inForce;
    this.#handlers = Object.assign({}, ...Object.values(domains));
    this.#meter = new CallMeter(world);
  }

  /** Throws `permission_denied`, `quota_exceeded`, `invalid_input`, or what the domain throws. */
  async handle(call: GateCall): Promise<HostAnswer> {
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
    const params = call.params ?? {};
    requireForm(call.method, method.params, params);
    return await this.#handlers[call.method]({
      ...call,
      params,
      manifest: inForce.manifest,
      isBuiltin: inForce.isBuiltin,
      grant,
    } as PermittedCall);
  }

  #requireGrant(
    call: GateCall,
    name: GrantablePermission,
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
    if (call.by.caller.onBehalfOf !== null && viewUseOf(grant) === "none")
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

const requireForm = (method: string, schema: TSchema, params: unknown): void => {
  const validator = validators.get(method) ?? Compile(schema);
  validators.set(method, validator);
  if (validator.Check(params)) return;
  const errors = schemaErrors(schema, params);
  throw new PatchbayError("invalid_input", `${method}: ${errors[0]?.pointer} ${errors[0]?.message}`, {
    errors,
  });
};
