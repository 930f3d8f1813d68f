import { type ErrorCode, PatchbayError } from "@patchbay/protocol";
import { type Access, authorize, isProjectVisible, type Principal } from "../../access/access.ts";
import type {
  InstallationDirectory,
  InstalledPlugin,
} from "../../plugins/installations/installation-directory.ts";
import type { Installation } from "../../ports/installation-store.ts";
import type { PluginAnswer, PluginRuntime, PluginSpec } from "../../ports/plugin-runtime.ts";

export interface ToolInvocation {
  readonly plugin: string;
  readonly tool: string;
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
  readonly #finished: (call: FinishedCall) => void;

  /** `finished` hears of every call once. */
  constructor(
    directory: InstallationDirectory,
    runtime: PluginRuntime,
    finished: (call: FinishedCall) => void,
  ) {
    this.#directory = directory;
    this.#runtime = runtime;
    this.#finished = finished;
  }

  /**
   * Calls a tool. Throws `forbidden`, `organization_not_found`, `plugin_not_installed`, `plugin_disabled`,
   * `plugin_failed`, `tool_not_found`, `project_not_found`, `project_required`, `plugin_out_of_scope`, or what the call
   * itself ended with.
   */
  async callTool(
    principal: Principal,
    organizationSlug: string,
    invocation: ToolInvocation,
  ): Promise<PluginAnswer> {
    const plugin = await this.admit(principal, organizationSlug, invocation.plugin, invocation.project);
    const spec = requireTool(plugin, invocation.tool);
    return await this.#metered(spec, invocation);
  }

  /**
   * The plugin, when the caller may use it now and for this project. Throws `forbidden`, `organization_not_found`,
   * `plugin_not_installed`, `plugin_disabled`, `plugin_failed`, `project_not_found`, `project_required`,
   * `plugin_out_of_scope`.
   */
  async admit(
    principal: Principal,
    organizationSlug: string,
    pluginId: string,
    project: string | undefined,
  ): Promise<InstalledPlugin> {
    const { access, plugin } = await this.#find(principal, organizationSlug, pluginId);
    requireRunning(plugin.installation);
    requireInScope(access, plugin.installation, project);
    return plugin;
  }

  /** Throws as `admit` does, but for what the plugin's state is: whether a call that is under way may go on. */
  async requireReach(
    principal: Principal,
    organizationSlug: string,
    pluginId: string,
    project: string | undefined,
  ): Promise<void> {
    const { access, plugin } = await this.#find(principal, organizationSlug, pluginId);
    requireInScope(access, plugin.installation, project);
  }

  async #find(principal: Principal, organizationSlug: string, pluginId: string) {
    const access = authorize(principal, organizationSlug, "org.plugins.use");
    const plugin = await this.#directory.find(access.organization.id, pluginId);
    if (plugin !== null) return { access, plugin };
    throw new PatchbayError(
      "plugin_not_installed",
      `The plugin "${pluginId}" is not installed in this organization.`,
    );
  }

  async #metered(spec: PluginSpec, { tool, input, project, signal }: ToolInvocation): Promise<PluginAnswer> {
    const startedAt = Date.now();
    const started = performance.now();
    const done = (code: ErrorCode | null) =>
      this.#finished({ spec, startedAt, durationMs: performance.now() - started, code });
    try {
      const call = {
        kind: "tools" as const,
        name: tool,
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

const requireRunning = ({ state, pluginId, lastError, transition }: Installation): void => {
  switch (state) {
    case "enabled":
      return;
    case "updating":
      if (transition?.wasEnabled === true) return;
      throw new PatchbayError("plugin_busy", `"${pluginId}" is being updated. Try again in a moment.`);
    case "enabling":
      throw new PatchbayError("plugin_busy", `"${pluginId}" is being enabled. Try again in a moment.`);
    case "disabled":
      throw new PatchbayError(
        "plugin_disabled",
        `"${pluginId}" is disabled. An administrator can enable it.`,
      );
    case "error":
    case "blocked":
      throw new PatchbayError(
        "plugin_failed",
        `"${pluginId}" does not run: ${lastError?.message ?? "see its last error"}`,
        { facts: { lastError } },
      );
    default:
      state satisfies never;
  }
};

const requireInScope = (
  access: Access,
  { scope, pluginId }: Installation,
  project: string | undefined,
): void => {
  if (project !== undefined && !isProjectVisible(access, project)) {
    throw new PatchbayError(
      "project_not_found",
      `There is no project "${project}" in this organization that you belong to.`,
    );
  }
  if (scope.projects === "all") return;
  if (project === undefined) {
    const own = scope.projects.filter((slug) => isProjectVisible(access, slug));
    const hint = own.length > 0 ? `name one of ${own.join(", ")} in "project"` : "you belong to none of them";
    throw new PatchbayError("project_required", `"${pluginId}" applies to certain projects only: ${hint}.`);
  }
  if (scope.projects.includes(project)) return;
  throw new PatchbayError("plugin_out_of_scope", `"${pluginId}" does not apply to the project "${project}".`);
};

const requireTool = ({ spec, package: { manifest } }: InstalledPlugin, tool: string): PluginSpec => {
  if (spec?.contributes.tools.includes(tool) === true) return spec;
  const tools = (manifest.contributes?.tools ?? []).map(({ name }) => name).join(", ");
  throw new PatchbayError(
    "tool_not_found",
    `"${manifest.id}" has no tool "${tool.slice(0, 64)}"; it has ${tools || "none"}.`,
  );
};
