import { type Schema, Validator } from "@cfworker/json-schema";
import type { PluginApi } from "../api/plugin-api.ts";
import type { PluginDefinition, ToolDefinition } from "../definitions.ts";
import { InvalidInputError, PluginError } from "../errors.ts";
import type { StandardSchema } from "../schema.ts";
import { testApi } from "./test-api.ts";

export interface LogEntry {
  readonly level: "debug" | "info" | "warn" | "error";
  readonly message: string;
  readonly fields?: Readonly<Record<string, unknown>>;
}

export interface TestHarnessOptions {
  /** The effective settings. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Names of the permissions that are granted; none unless given. */
  readonly grants?: readonly string[];
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
  const api = testApi({ settings, grants: new Set(options.grants ?? []), logs });
  return {
    api,
    logs,
    activate: async () => await plugin.onActivate?.(api),
    deactivate: async () => await plugin.onDeactivate?.(),
    call: async (name, input = {}) => {
      const tool = plugin.tools?.[name];
      if (tool === undefined) throw new PluginError("tool_not_found", `The plugin has no tool "${name}".`);
      const checked = await checkInput(tool, throughJson(input));
      const answer = await tool.run(checked, {
        api,
        settings,
        project: options.project,
        signal: new AbortController().signal,
        log: api.log,
      });
      return throughJson(isStream(answer) ? await Array.fromAsync(answer) : answer);
    },
  };
};

const checkInput = async ({ input: schema }: ToolDefinition, input: unknown): Promise<unknown> => {
  if (schema === undefined) return input;
  if ("~standard" in schema) return await checkStandard(schema as StandardSchema, input);
  const { valid, errors } = new Validator(schema as Schema, "2020-12", false).validate(input);
  if (valid) return input;
  const faults = errors.map(({ instanceLocation, error }) => ({
    pointer: instanceLocation.replace(/^#/, ""),
    message: error,
  }));
  throw new InvalidInputError(`The input does not fit: ${faults.at(-1)?.message}`, { errors: faults });
};

const checkStandard = async (schema: StandardSchema, input: unknown): Promise<unknown> => {
  const result = await schema["~standard"].validate(input);
  if (result.issues === undefined) return result.value;
  throw new InvalidInputError(`The input does not fit: ${result.issues[0]?.message}`);
};

const isStream = (value: unknown): value is AsyncIterable<unknown> =>
  typeof value === "object" && value !== null && Symbol.asyncIterator in value;

const throughJson = (value: unknown): unknown =>
  value === undefined ? undefined : JSON.parse(JSON.stringify(value));
