import {
  isJsonObject,
  LOG_LEVELS,
  type LogLevel,
  MAX_LOG_MESSAGE_BYTES,
  PatchbayError,
} from "@patchbay/protocol";
import { authorize, type MemberAuthority } from "../../access/authority.ts";
import type { MemberOf, Principal } from "../../access/caller.ts";
import type { InstalledPlugin } from "../../plugins/installations/installation-directory.ts";
import type { PluginSettings } from "../../plugins/settings/plugin-settings.ts";
import type { HostAnswer, PluginAnswer, PluginLogLine } from "../../ports/plugin-runtime.ts";
import type { World } from "../../world.ts";
import type { InForce } from "../contributions/in-force.ts";
import { ofView } from "../gate/domain.ts";
import type { PermissionGate } from "../gate/permission-gate.ts";
import type { InvocationGateway } from "../invocation/invocation-gateway.ts";

/** What a view of a plugin asks of the platform, for the person who looks at it. */
export interface ViewCall {
  readonly method: string;
  readonly args: unknown;
  /** Bytes beside the arguments: a body, a file. */
  readonly attachment: Uint8Array;
  /** Slug of the project that is looked at. */
  readonly project?: string;
  readonly signal: AbortSignal;
}

/** A value with bytes that may follow it, a stream of values, or a value with files. */
export type ViewAnswer =
  | ({ readonly kind: "value" } & HostAnswer)
  | Extract<PluginAnswer, { kind: "stream" | "files" }>;

export interface ViewCallParts {
  readonly gateway: InvocationGateway;
  readonly inForce: InForce;
  readonly gate: PermissionGate;
  readonly settings: PluginSettings;
  readonly world: World;
  /** Takes lines for a plugin's log; never waits. */
  log(installationId: string, lines: readonly PluginLogLine[]): void;
}

/**
 * The platform as views see it: the same gate as for server code, and what server code has without a call (settings, the
 * log, its own tools). The installation comes from the address that was called, never from the view's words.
 */
export class ViewCalls {
  readonly #parts: ViewCallParts;

  constructor(parts: ViewCallParts) {
    this.#parts = parts;
  }

  /**
   * Throws what `InvocationGateway.admit`, `InForce.requireViews` and the permission gate throw, and what a tool ends with.
   */
  async handle(principal: Principal, slug: string, pluginId: string, call: ViewCall): Promise<ViewAnswer> {
    const by = { principal, organization: slug };
    const plugin = await this.#parts.gateway.admit(by, pluginId, call.project);
    await this.#parts.inForce.requireViews(plugin);
    switch (call.method) {
      case "settings.getAll":
        return { kind: "value", value: await this.#settings(plugin, call.project) };
      case "log":
        return { kind: "value", value: this.#log(plugin, call.args) };
      case "plugin.call":
      case "plugin.stream":
        return await this.#callTool(by, pluginId, call);
      default: {
        const authority = authorize(principal, slug, "org.plugins.use");
        return asViewAnswer(await this.#throughGate(plugin, call, authority));
      }
    }
  }

  async #settings({ installation, package: { manifest } }: InstalledPlugin, project: string | undefined) {
    return await this.#parts.settings.forPlugin(installation.id, manifest, project ?? null);
  }

  async #throughGate(
    { installation, package: { version } }: InstalledPlugin,
    call: ViewCall,
    authority: MemberAuthority,
  ) {
    const { method, args, attachment, project, signal } = call;
    const { id: installationId, organizationId, pluginId } = installation;
    const hostCall = {
      spec: { installationId, organizationId, pluginId, version },
      ...(project !== undefined && { project }),
      method,
      params: args,
      attachment,
      signal,
    };
    return await this.#parts.gate.handle(ofView(hostCall, authority));
  }

  async #callTool(by: MemberOf, plugin: string, call: ViewCall): Promise<ViewAnswer> {
    const { tool, input } = isJsonObject(call.args) ? call.args : {};
    if (typeof tool !== "string")
      throw new PatchbayError("invalid_input", `${call.method} needs the name of a tool in "tool".`);
    return await this.#parts.gateway.call(by, {
      kind: "tools",
      plugin,
      name: tool,
      input: input ?? {},
      ...(call.project !== undefined && { project: call.project }),
      signal: call.signal,
      surface: "view",
      view: plugin,
    });
  }

  #log({ installation, package: { version } }: InstalledPlugin, args: unknown): null {
    const { level, message, fields } = isJsonObject(args) ? args : {};
    if (typeof message !== "string" || !isLogLevel(level))
      throw new PatchbayError("invalid_input", `log needs a message, and a level: ${LOG_LEVELS.join(", ")}.`);
    const at = this.#parts.world.now();
    const text = message.slice(0, MAX_LOG_MESSAGE_BYTES);
    const line = {
      at,
      level,
      message: text,
      version,
      fields: { ...(isJsonObject(fields) && fields), view: true },
    };
    this.#parts.log(installation.id, [line]);
    return null;
  }
}

const asViewAnswer = ({ values, ...answer }: HostAnswer): ViewAnswer =>
  values === undefined
    ? { kind: "value", ...answer }
    : { kind: "stream", values: releasing(values, answer.release) };

const releasing = async function* (
  values: AsyncIterable<unknown>,
  release: HostAnswer["release"],
): AsyncGenerator<unknown> {
  try {
    yield* values;
  } finally {
    release?.();
  }
};

const isLogLevel = (value: unknown): value is LogLevel => (LOG_LEVELS as readonly unknown[]).includes(value);
