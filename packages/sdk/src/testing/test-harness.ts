import type { PluginApi } from "../api/plugin-api.ts";
import type { Notification } from "../api/ui.ts";
import type { PluginDefinition } from "../definitions.ts";
import { PluginError } from "../errors.ts";
import { answerCheckFor, checkFor } from "../validation.ts";
import type { LogEntry } from "./log-entry.ts";
import { testApi } from "./platform/test-api.ts";
import { gather, isStream } from "./streams.ts";

/** The part of a manifest that matters here. */
export interface ManifestPermissions {
  readonly permissions?: { readonly required?: readonly (string | { readonly name: string })[] };
}

export interface TestHarnessOptions {
  /** The effective settings. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Names of the permissions that are granted; those that the manifest requires unless given. */
  readonly grants?: readonly string[];
  /** The plugin's `plugin.json`, for the permissions that it requires. */
  readonly manifest?: ManifestPermissions;
  /** Stands in for `fetch` during calls, `onActivate` and `onDeactivate`; give it, and make one call at a time. */
  readonly fetch?: typeof fetch;
  /** Slug of the project that calls are for. */
  readonly project?: string;
}

export interface TestHarness {
  /**
   * Calls a tool as the platform would: the input is checked first, a stream is gathered into a list, and what comes back
   * is what JSON leaves of the answer. Throws what the tool throws, `InvalidInputError` for an input that does not fit.
   */
  call(tool: string, input?: unknown): Promise<unknown>;
  /** Runs `onActivate`, which calls do not need. */
  activate(): Promise<void>;
  deactivate(): Promise<void>;
  /** All that was logged, oldest first. */
  readonly logs: readonly LogEntry[];
  /** All that people were notified of, oldest first. */
  readonly notifications: readonly Notification[];
  readonly api: PluginApi;
}

/**
 * Runs a plugin's own code in the test's process: storage in memory, and the permission errors of the real platform.
 * What only the sandbox does (limits, missing globals, `fetch` through the host) is not there; `patchbay plugin validate`
 * runs the code in a real one.
 */
export const createTestHarness = (
  plugin: PluginDefinition,
  options: TestHarnessOptions = {},
): TestHarness => {
  const logs: LogEntry[] = [];
  const settings = options.settings ?? {};
  const notifications: Notification[] = [];
  const grants = new Set(options.grants ?? requiredBy(options.manifest));
  const api = testApi({ settings, grants, logs, notifications });
  const run = <T>(work: () => Promise<T>): Promise<T> => withFetch(options.fetch, work);
  return {
    api,
    logs,
    notifications,
    activate: () => run(async () => await plugin.onActivate?.(api)),
    deactivate: () => run(async () => await plugin.onDeactivate?.()),
    call: (name, input = {}) =>
      run(async () => {
        const tool = plugin.tools?.[name];
        if (tool === undefined) throw new PluginError("tool_not_found", `The plugin has no tool "${name}".`);
        const checked = await checkFor(tool.input, "The input")(throughJson(input));
        const { signal } = new AbortController();
        const answer = await tool.run(checked, {
          api,
          settings,
          project: options.project,
          signal,
          log: api.log,
        });
        if (isStream(answer)) return throughJson(await gather(answer));
        await answerCheckFor(tool.output)(answer);
        return throughJson(answer);
      }),
  };
};

const requiredBy = (manifest: ManifestPermissions = {}): string[] =>
  (manifest.permissions?.required ?? []).map((one) => (typeof one === "string" ? one : one.name));

const withFetch = async <T>(replacement: typeof fetch | undefined, work: () => Promise<T>): Promise<T> => {
  const original = globalThis.fetch;
  if (replacement !== undefined) globalThis.fetch = replacement;
  try {
    return await work();
  } finally {
    globalThis.fetch = original;
  }
};

const throughJson = (value: unknown): unknown =>
  value === undefined ? undefined : JSON.parse(JSON.stringify(value));
