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
import { workedOutOnce } from "../../worked-out-once.ts";
import type { World } from "../../world.ts";
import { CallMeter } from "./call-meter.ts";
import type { FurtherDomains, GateCall, HostMethodHandler, PermittedCall, ServedDomains } from "./domain.ts";

/** What is in force for a running version of an installation; null when it no longer is. */
export type GrantsInForce = (call: Pick<HostCall, "spec">) => Promise<InForceVersion | null>;

/**
 * The only door from a plugin to anything. A call passes when its method exists, its permission is granted, its rate is
 * within the grant and its parameters have the right form; everything else is refused.
 */
export class PermissionGate {
  readonly #inForce: GrantsInForce;
  readonly #handlers = new Map<string, HostMethodHandler>();
  readonly #meter: CallMeter;

  constructor(inForce: GrantsInForce, domains: Omit<ServedDomains, keyof FurtherDomains>, world: World) {
    this.#inForce = inForce;
    this.#meter = new CallMeter(world);
    this.#add(domains);
  }

  /** Adds those that are served by what stands on plugins: once, before any plugin runs. */
  complete(domains: FurtherDomains): void {
    this.#add(domains);
    const missing = Object.keys(HOST_METHODS).filter((method) => !this.#handlers.has(method));
    if (missing.length > 0) throw new Error(`Nobody serves the host calls ${missing.join(", ")}.`);
  }

  /** Throws `permission_denied`, `quota_exceeded`, `invalid_input`, or what the domain throws. */
  async handle(call: GateCall): Promise<HostAnswer> {
    const { method } = call;
    if (!isHostMethodName(method)) {
      throw new PatchbayError(
        "permission_denied",
        `The platform has no call named "${call.method.slice(0, 64)}".`,
      );
    }
    const handler = this.#handlers.get(method);
    if (handler === undefined) throw new Error(`Nobody serves the host call ${method}.`);
    const permitted = await this.#requirePermitted(call, method);
    const { isUncounted, params: form }: HostMethod = HOST_METHODS[method];
    if (isUncounted !== true) this.#count(call, permitted.grant);
    const params = call.params ?? {};
    requireForm(method, form, params);
    const requirePermitted = async () => (await this.#requirePermitted(call, method)).grant;
    return await handler({ ...call, ...permitted, params, requirePermitted } as PermittedCall);
  }

  #add(domains: Partial<ServedDomains>): void {
    for (const handlers of Object.values(domains))
      for (const [method, handler] of Object.entries(handlers))
        this.#handlers.set(method, handler as HostMethodHandler);
  }

  async #requirePermitted(
    call: GateCall,
    name: HostMethodName,
  ): Promise<Pick<PermittedCall, "manifest" | "isBuiltin" | "grant">> {
    const inForce = await this.#inForce(call);
    if (inForce === null)
      throw new PatchbayError("permission_denied", "This version of the plugin is no longer in force.");
    const { permission }: HostMethod = HOST_METHODS[name];
    const grant = permission === null ? null : this.#requireGrant(call, permission, inForce);
    return { manifest: inForce.manifest, isBuiltin: inForce.isBuiltin, grant };
  }

  #count(call: GateCall, grant: Grant | null): void {
    if (grant?.callsPerMinute !== undefined)
      this.#meter.count(`${call.spec.installationId} ${grant.name}`, grant.callsPerMinute, call.method);
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
    const grant = grantOf(held, manifest);
    if (call.by.caller.onBehalfOf !== null && viewUseOf(grant) === "none")
      throw new PatchbayError(
        "permission_denied",
        `Views of "${manifest.id}" may not call ${call.method}: ${name} was not granted for them. ` +
          'Call it in server code, or ask for it with "views": "use" in plugin.json.',
        { facts: { permission: name } },
      );
    return grant;
  }
}

const grantOf = workedOutOnce((held: Grant, manifest: Manifest) => grantWithin(held, allRequests(manifest)));

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
