import {
  type CallPath,
  type DomainLog,
  discardAnswer,
  type InvocationGateway,
  isServerCode,
  onward,
  type PluginAnswer,
  startedBy,
} from "@patchbay/core";
import { ChatMessage, type ChatRequest, MAX_CHAT_MESSAGES, PatchbayError } from "@patchbay/protocol";
import Type from "typebox";
import { Compile } from "typebox/compile";
import { HOOK_DEADLINE_MS, MAX_HOOKED_BYTES } from "../limits.ts";
import { type ModelCaller, organizationOf } from "../providers/ask-provider.ts";
import { lazily } from "../providers/lazily.ts";
import { modelId } from "../providers/model-names.ts";
import { firstFault } from "../providers/provider-answers.ts";
import type { AskedModel } from "../providers/provider-directory.ts";
import { MediaMarks } from "./media-marks.ts";
import type { HookInForce, OrganizationHooks } from "./organization-hooks.ts";

const messages = lazily(() => Compile(Type.Array(ChatMessage, { minItems: 1, maxItems: MAX_CHAT_MESSAGES })));

/** What messages pass on their way to chat models. */
export class MessageHooks {
  readonly #hooks: Pick<OrganizationHooks, "of">;
  readonly #gateway: Pick<InvocationGateway, "call">;
  readonly #log: Pick<DomainLog, "warn">;

  /** `log` hears of hooks that fail. */
  constructor(parts: {
    readonly hooks: Pick<OrganizationHooks, "of">;
    readonly gateway: Pick<InvocationGateway, "call">;
    readonly log: Pick<DomainLog, "warn">;
  }) {
    this.#hooks = parts.hooks;
    this.#gateway = parts.gateway;
    this.#log = parts.log;
  }

  /**
   * The request with the messages that its organization's hooks make of those that it has, one hook after the other. A hook does not see
   * what it asks itself. Throws `question_refused` and `hook_failed` where a hook that must not be left out fails, `call_loop` where hooks
   * and providers have asked each other too often, and `cancelled` when nobody waits any more.
   */
  async pass(caller: ModelCaller, request: ChatRequest, asked: AskedModel): Promise<ChatRequest> {
    const hooks = await this.#hooks.of(organizationOf(caller));
    if (hooks.length === 0) return request;
    let passed = request;
    for (const hook of hooks)
      if (isFor(hook, caller)) passed = await this.#passOne(caller, passed, hook, asked);
    return passed;
  }

  async #passOne(
    caller: ModelCaller,
    request: ChatRequest,
    hook: HookInForce,
    { provider, name }: AskedModel,
  ): Promise<ChatRequest> {
    const path = pathTo(caller, hook);
    try {
      const marks = new MediaMarks(request.messages);
      requireSize(marks.messages);
      const input = { model: modelId(provider, name), messages: marks.messages };
      const changed = readMessages(await this.#call(caller, hook, { input, path }), marks);
      return changed === null ? request : { ...request, messages: changed };
    } catch (error) {
      if (caller.signal.aborted) throw error;
      this.#tell(hook, error);
      if (hook.onFailure === "refuse") throw refusal(hook, error);
      return request;
    }
  }

  /** In the plugin's own name: it sees its own projects, whoever asks, and no person's things. */
  async #call(
    { by: asker, project, signal, startedBy: told, from }: ModelCaller,
    { plugin, name, ...hook }: HookInForce,
    asked: { readonly input: unknown; readonly path: readonly string[] },
  ): Promise<PluginAnswer> {
    const { installationId, organizationId, version } = hook;
    const installation = { installationId, organizationId, pluginId: plugin, version };
    const deadline = AbortSignal.timeout(HOOK_DEADLINE_MS);
    const by = { kind: "plugin", installation, onBehalfOf: null } as const;
    const call = { kind: "messageHooks", plugin, name, ...asked } as const;
    return await untilAborted(
      this.#gateway.call(by, {
        ...call,
        signal: AbortSignal.any([signal, deadline]),
        ...(project !== undefined && { project }),
        from,
        onAccountOf: isServerCode(asker) ? told : startedBy(asker.principal),
        ...(!isServerCode(asker) && { surface: "models" }),
      }),
      deadline,
    );
  }

  #tell({ plugin, name, onFailure, organizationId }: HookInForce, error: unknown): void {
    const code = error instanceof PatchbayError ? error.code : "internal";
    const facts = { plugin, hook: name, organizationId, code, err: error };
    this.#log.warn(
      facts,
      onFailure === "refuse"
        ? "A message hook failed, and the question was refused."
        : "A message hook failed, and the question went on without it.",
    );
  }
}

/** Whether the question passes it: it is for one of its projects, and not the hook's own. */
const isFor = (hook: HookInForce, { project, path = [] }: ModelCaller): boolean => {
  const applies = hook.projects === "all" || (project !== undefined && hook.projects.includes(project));
  return applies && !path.includes(placeOf(hook));
};

const placeOf = ({ plugin, name }: HookInForce): string => `${plugin}:hook ${name}`;

/** The way of a question to a hook, which is on no way twice (`isFor`). Throws as `onward` does. */
const pathTo = ({ path = [] }: ModelCaller, hook: HookInForce): CallPath =>
  onward(path, placeOf(hook), { who: "Message hooks and model providers" });

/** Null where the messages stay as they are. Throws `hook_failed` for anything else than messages. */
const readMessages = (answer: PluginAnswer, marks: MediaMarks): ChatMessage[] | null => {
  discardAnswer(answer);
  if (answer.kind !== "value") throw noMessages("it is a stream, or has files");
  const { value } = answer;
  if (value === null || value === undefined) return null;
  if (!messages().Check(value)) throw noMessages(firstFault(messages(), value));
  const restored = marks.restore(value);
  if (restored === null) throw noMessages("a picture, file or sound stands in it twice");
  return restored;
};

/** Before its plugin is asked, which would run out of memory by it, and be there for nobody then. */
const requireSize = (asked: readonly ChatMessage[]): void => {
  const bytes = Buffer.byteLength(JSON.stringify(asked));
  if (bytes <= MAX_HOOKED_BYTES) return;
  throw new PatchbayError(
    "payload_too_large",
    `The messages have ${bytes} bytes without pictures, files and sounds; hooks look at ${MAX_HOOKED_BYTES} at the most.`,
  );
};

const noMessages = (why: string): PatchbayError =>
  new PatchbayError("hook_failed", `Its answer is no list of messages: ${why}.`);

/** Waits no longer, whatever else the work waits for. */
const untilAborted = <T>(work: Promise<T>, deadline: AbortSignal): Promise<T> =>
  new Promise((resolve, reject) => {
    const onAbort = () => reject(late());
    deadline.addEventListener("abort", onAbort, { once: true });
    work.then(resolve, reject).finally(() => deadline.removeEventListener("abort", onAbort));
  });

const late = (): PatchbayError =>
  new PatchbayError("deadline_exceeded", `It did not answer within ${HOOK_DEADLINE_MS / 1000} seconds.`);

/** What the hook's own code throws is its word on the question, and a question that is too large stays so; all else is a failure that may pass. */
const refusal = ({ plugin, name }: HookInForce, error: unknown): PatchbayError => {
  const known = error instanceof PatchbayError ? error : undefined;
  const isWord = known?.code === "plugin_error" || known?.code === "payload_too_large";
  const what = isWord ? "refused the question" : "could not look at the question, which was not asked";
  const why = known?.message ?? "Patchbay itself failed.";
  return new PatchbayError(
    isWord ? "question_refused" : "hook_failed",
    `The message hook "${name}" of "${plugin}" ${what}: ${why}`,
    { cause: error },
  );
};
