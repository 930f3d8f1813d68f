import { matchUri, type PromptMessage, type ResourceContent } from "@patchbay/protocol";
import type { PluginApi } from "../api/plugin-api.ts";
import type { Notification } from "../api/ui.ts";
import { askPrompt, askResource, toolContent } from "../content/index.ts";
import type { PluginDefinition } from "../definitions.ts";
import type { ClientQuestion, Elicit, Elicitation } from "../elicit.ts";
import { PluginError } from "../errors.ts";
import { answerCheckOf, inputCheckFor } from "../files/index.ts";
import type { HookQuestion } from "../message-hooks.ts";
import type { ChatMessage } from "../models.ts";
import type { CallProgress, ToolContext } from "../tool-context.ts";
import { answeredBy, type TestRequest } from "./endpoints.ts";
import { answerWithFiles, inputWithFiles } from "./files.ts";
import type { LogEntry } from "./log-entry.ts";
import { type ModelsHarness, modelsHarness } from "./models.ts";
import type { ChatStandIn } from "./platform/chat.ts";
import type { MemoryStandIn } from "./platform/memory.ts";
import { testApi } from "./platform/test-api.ts";
import type { ToolsStandIn } from "./platform/tools.ts";
import { gather, isStream } from "./streams.ts";

/** The part of a manifest that matters here. */
export interface ManifestPermissions {
  /** Whose memories are the plugin's own; `test.plugin` unless given. */
  readonly id?: string;
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
  /** Answers what tools ask, by the names of the questions; without it nobody is there to ask. */
  readonly elicit?: (
    questions: Readonly<Record<string, Elicitation | ClientQuestion>>,
  ) => Readonly<Record<string, unknown>>;
  /** Slug of the project that calls are for. */
  readonly project?: string;
  /** The models that `api.chat` asks; one that repeats what it is told unless given. */
  readonly chat?: ChatStandIn;
  /** What a model would find for `api.memory.extract`. */
  readonly memory?: MemoryStandIn;
  /** Tools of other plugins that `api.tools` invokes, by `plugin/tool`. */
  readonly otherTools?: ToolsStandIn;
}

export interface TestHarness extends ModelsHarness {
  /**
   * Calls a tool as the platform would: the input is checked first, a stream is gathered into a list, and what comes back
   * is what JSON leaves of the answer. Files go in and come back as `File`s in their fields. Throws what the tool throws, `InvalidInputError` for an input that does not fit.
   */
  call(tool: string, input?: unknown): Promise<unknown>;
  /** Runs a schedule, for a time (RFC 3339; now unless given) and under a key, as the platform would. Throws what it throws. */
  runSchedule(
    name: string,
    run?: { readonly scheduledAt?: string; readonly idempotencyKey?: string },
  ): Promise<void>;
  /**
   * Sends a request to an endpoint, as the platform would, and comes back with its answer. Throws what the endpoint throws, and
   * `endpoint_not_found` and `method_not_allowed`.
   */
  callEndpoint(name: string, request?: TestRequest): Promise<Response>;
  /** Has messages pass a message hook, and tells what becomes of them. Throws what it throws. */
  passHook(
    name: string,
    question: Pick<HookQuestion, "messages"> & Partial<HookQuestion>,
  ): Promise<readonly ChatMessage[]>;
  /** The messages of a prompt, filled in. Throws `InvalidInputError` for arguments that are missing or unknown, and what it throws. */
  getPrompt(name: string, args?: Readonly<Record<string, string>>): Promise<readonly PromptMessage[]>;
  /** What stands at an address of the plugin's. Throws what it throws. */
  readResource(uri: string): Promise<readonly ResourceContent[]>;
  /** Runs `onActivate`, which calls do not need. */
  activate(): Promise<void>;
  deactivate(): Promise<void>;
  /** All that was logged, oldest first. */
  readonly logs: readonly LogEntry[];
  /** All that people were notified of, oldest first. */
  readonly notifications: readonly Notification[];
  /** All that calls have said of how far they are, oldest first. */
  readonly progress: readonly CallProgress[];
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
  const { chat, memory, otherTools, manifest } = options;
  const given = { settings, grants, chat, memory, otherTools, pluginId: manifest?.id };
  const api = testApi({ ...given, logs, notifications });
  const progress: CallProgress[] = [];
  const context = (): ToolContext => ({
    api,
    settings,
    project: options.project,
    signal: new AbortController().signal,
    log: api.log,
    trace: undefined,
    progress: (told) => void progress.push(throughJson(told) as CallProgress),
    asks: options.elicit === undefined ? [] : ALL_QUESTIONS,
    elicit: elicitOf(options.elicit),
  });
  const run = <T>(work: () => Promise<T>): Promise<T> => withFetch(options.fetch, work);
  return {
    api,
    logs,
    notifications,
    progress,
    activate: () => run(async () => await plugin.onActivate?.(api)),
    deactivate: () => run(async () => await plugin.onDeactivate?.()),
    runSchedule: (
      name,
      { scheduledAt = new Date().toISOString(), idempotencyKey = `${name} ${scheduledAt}` } = {},
    ) =>
      run(async () => {
        const schedule = plugin.schedules?.[name];
        if (schedule === undefined)
          throw new PluginError("schedule_not_found", `The plugin has no schedule "${name}".`);
        const { signal } = new AbortController();
        const own = { api, settings, signal, log: api.log, trace: undefined };
        await schedule.run({ ...own, scheduledAt, idempotencyKey, projects: "all" });
      }),
    callEndpoint: (name, request = {}) => run(() => answeredBy(plugin, name, request, context())),
    passHook: (name, { messages, model = "echo/echo" }) =>
      run(async () => {
        const hook = plugin.messageHooks?.[name];
        if (hook === undefined)
          throw new PluginError("hook_not_found", `The plugin has no message hook "${name}".`);
        const question = throughJson({ model, messages }) as HookQuestion;
        const changed = await hook.run(question, context());
        return changed === undefined ? messages : (throughJson(changed) as readonly ChatMessage[]);
      }),
    getPrompt: (name, args = {}) =>
      run(async () => {
        const prompt = plugin.prompts?.[name];
        if (prompt === undefined)
          throw new PluginError("prompt_not_found", `The plugin has no prompt "${name}".`);
        const ask = { ask: "get", arguments: args } as const;
        return throughJson(await askPrompt(prompt, ask, context())) as readonly PromptMessage[];
      }),
    readResource: (uri) =>
      run(async () => {
        for (const resource of Object.values(plugin.resources ?? {})) {
          const variables = matchUri(resource.uri ?? "", uri);
          if (variables === null) continue;
          const ask = { ask: "read", uri, variables } as const;
          return throughJson(await askResource(resource, ask, context())) as readonly ResourceContent[];
        }
        throw new PluginError("resource_not_found", `The plugin has nothing at "${uri}".`);
      }),
    ...modelsHarness(plugin, context, run),
    call: (name, input = {}) =>
      run(async () => {
        const tool = plugin.tools?.[name];
        if (tool === undefined) throw new PluginError("tool_not_found", `The plugin has no tool "${name}".`);
        const given = inputWithFiles(tool.input, input);
        const checked = await inputCheckFor(tool.input)(throughJson(given.input), given.sources);
        const answer = await tool.run(checked, context());
        if (tool.answers === "content") return throughJson(toolContent(answer));
        const answers = answerCheckOf(tool.output);
        if (isStream(answer) && !answers.isFile) return throughJson(await gather(answer));
        const taken = answers.take(answer);
        await taken.checked();
        return await answerWithFiles(throughJson(taken.value), taken.files);
      }),
  };
};

const ALL_QUESTIONS: ToolContext["asks"] = ["elicitation/create", "sampling/createMessage", "roots/list"];

const elicitOf = (answer: TestHarnessOptions["elicit"]): Elicit =>
  (async (questions) => {
    if (answer !== undefined) return answer(questions);
    throw new PluginError(
      "nobody_to_ask",
      "The tool asks something, and the test has no `elicit` that answers.",
    );
  }) as Elicit;

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
