import { type ErrorCode, PatchbayError, type ServerKindName } from "@patchbay/protocol";
import { type Access, authorize, type Principal } from "../../access/access.ts";
import type {
  InstallationDirectory,
  InstalledPlugin,
} from "../../plugins/installations/installation-directory.ts";
import type { PluginAnswer, PluginRuntime, PluginSpec } from "../../ports/plugin-runtime.ts";
import {
  type Blocks,
  notInstalled,
  requireContribution,
  requireInForce,
  requireReach,
} from "../contributions/rules.ts";

export interface Invocation {
  readonly kind: ServerKindName;
  readonly plugin: string;
  /** Of the contribution. */
  readonly name: string;
  readonly input: unknown;
  /** Slug of the project that the call is for. */
  readonly project?: string;
  readonly signal?: AbortSignal;
}

/** A call that came to an end. */
export interface FinishedCall {
  readonly spec: PluginSpec;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly durationMs: number;
  /** null: it was answered. */
  readonly code: ErrorCode | null;
}

/** The one way into plugins: whoever calls, by whatever surface, is checked here, and every call is counted here. */
export class InvocationGateway {
  readonly #directory: InstallationDirectory;
  readonly #runtime: PluginRuntime;
  readonly #blocks: Blocks;
  readonly #finished: (call: FinishedCall) => void;

  /** `finished` hears of every call once. */
  constructor(
    parts: {
      readonly directory: InstallationDirectory;
      readonly runtime: PluginRuntime;
      readonly blocks: Blocks;
    },
    finished: (call: FinishedCall) => void,
  ) {
    this.#directory = parts.directory;
    this.#runtime = parts.runtime;
    this.#blocks = parts.blocks;
    this.#finished = finished;
  }

  /** Calls what a plugin contributes. Throws what `admit` and `requireContribution` throw, or what the call itself ended with. */
  async call(principal: Principal, organizationSlug: string, invocation: Invocation): Promise<PluginAnswer> {
    const { kind, plugin: id, name, project } = invocation;
    const { plugin } = await this.admit(principal, organizationSlug, id, project);
    return await this.#metered(requireContribution(kind, plugin, name), invocation);
  }

  /**
   * The plugin, when the caller may use it now and for this project. Throws `forbidden`, `organization_not_found`, and what
   * `requireInForce` throws.
   */
  async admit(
    principal: Principal,
    organizationSlug: string,
    pluginId: string,
    project: string | undefined,
  ): Promise<{ readonly access: Access; readonly plugin: InstalledPlugin }> {
    const found = await this.#find(principal, organizationSlug, pluginId);
    requireInForce(found.access, found.plugin, project, this.#blocks);
    return found;
  }

  /** Throws as `admit` does, but for what the plugin's state is: whether a call that is under way may go on. */
  async requireReach(
    principal: Principal,
    organizationSlug: string,
    pluginId: string,
    project: string | undefined,
  ): Promise<void> {
    const { access, plugin } = await this.#find(principal, organizationSlug, pluginId);
    requireReach(access, plugin, project);
  }

  async #find(principal: Principal, organizationSlug: string, pluginId: string) {
    const access = authorize(principal, organizationSlug, "org.plugins.use");
    const plugin = await this.#directory.find(access.organization.id, pluginId);
    if (plugin === null) throw notInstalled(pluginId);
    return { access, plugin };
  }

  async #metered(
    spec: PluginSpec,
    { kind, name, input, project, signal }: Invocation,
  ): Promise<PluginAnswer> {
    const startedAt = Date.now();
    const started = performance.now();
    const done = (code: ErrorCode | null) =>
      this.#finished({ spec, startedAt, durationMs: performance.now() - started, code });
    try {
      const call = {
        kind,
        name,
        input,
        ...(project !== undefined && { project }),
        ...(signal && { signal }),
      };
      const answer = await this.#runtime.call(spec, call);
      if (answer.kind === "stream") return { kind: "stream", values: meteredStream(answer.values, done) };
      done(null);
      return answer;
    } catch (error) {
      done(codeOf(error));
      throw error;
    }
  }
}

/** A stream counts as one call, from its request to its last value. */
const meteredStream = async function* (
  values: AsyncIterable<unknown>,
  done: (code: ErrorCode | null) => void,
): AsyncGenerator<unknown> {
  // Whoever reads may leave before the end.
  let code: ErrorCode | null = "cancelled";
  try {
    yield* values;
    code = null;
  } catch (error) {
    code = codeOf(error);
    throw error;
  } finally {
    done(code);
  }
};

const codeOf = (error: unknown): ErrorCode => (error instanceof PatchbayError ? error.code : "internal");
