import type { HostMessage } from "@patchbay/protocol";
import {
  type PluginApi,
  PluginError,
  type PluginLog,
  type SettingsValues,
  type ToolContext,
} from "@patchbay/sdk";
import type { AsyncContext } from "./captured.ts";
import { wireError } from "./errors.ts";
import { requireJson } from "./json-values.ts";
import { GUEST_KINDS } from "./kinds/index.ts";
import type { Callable } from "./kinds/kind.ts";
import type { Pipe } from "./pipe.ts";
import type { LoadedPlugin } from "./plugin.ts";
import { StreamAnswer } from "./stream-answer.ts";

type CallMessage = Extract<HostMessage, { t: "call" }>;

/** What a call into the plugin can reach, made when it is asked for. */
export interface CallServices {
  readonly apiFor: (call: ActiveCall) => PluginApi;
  readonly settingsOf: (project: string) => SettingsValues;
  readonly log: PluginLog;
}

/** One call under way. */
export class ActiveCall implements ToolContext {
  readonly id: number;
  readonly projectKey: string;
  stream: StreamAnswer | undefined;
  readonly #services: CallServices;
  #abort: AbortController | undefined;
  #api: PluginApi | undefined;
  #cancelled: string | undefined;

  constructor(message: CallMessage, services: CallServices) {
    this.id = message.id;
    this.projectKey = message.project;
    this.#services = services;
  }

  get api(): PluginApi {
    this.#api ??= this.#services.apiFor(this);
    return this.#api;
  }
  get settings(): SettingsValues {
    return this.#services.settingsOf(this.projectKey);
  }
  get project(): string | undefined {
    return this.projectKey === "" ? undefined : this.projectKey;
  }
  get log(): PluginLog {
    return this.#services.log;
  }
  get signal(): AbortSignal {
    this.#abort ??= new AbortController();
    if (this.#cancelled !== undefined) this.#abort.abort(abortReason(this.#cancelled));
    return this.#abort.signal;
  }

  /** Tells the plugin that nobody waits any more. */
  cancel(reason: string): void {
    this.#cancelled = reason;
    this.stream?.cancel();
    this.#abort?.abort(abortReason(reason));
  }
}

const abortReason = (reason: string): DOMException => new DOMException(reason, "AbortError");

/** The calls into the plugin. Each gets exactly one last word. */
export class Calls {
  readonly #pipe: Pipe;
  readonly #context: AsyncContext<ActiveCall>;
  readonly #services: CallServices;
  readonly #active = new Map<number, ActiveCall>();

  constructor(pipe: Pipe, context: AsyncContext<ActiveCall>, services: CallServices) {
    this.#pipe = pipe;
    this.#context = context;
    this.#services = services;
  }

  start(plugin: LoadedPlugin | undefined, message: CallMessage): void {
    const call = new ActiveCall(message, this.#services);
    this.#active.set(call.id, call);
    const callable = plugin?.callable(message.kind, message.name);
    if (callable === undefined) {
      const { notFound, one } = GUEST_KINDS[message.kind];
      this.#fail(call, new PluginError(notFound, `The plugin has no ${one} "${message.name}".`));
    } else {
      void this.#context.run(call, () => this.#run(call, callable, message.input));
    }
  }

  cancel(id: number, reason: string): void {
    const call = this.#active.get(id);
    if (call === undefined) return;
    call.cancel(reason);
    this.#fail(call, new PluginError("cancelled", reason));
  }

  credit(id: number, chunks: number, bytes: number): void {
    this.#active.get(id)?.stream?.grant(chunks, bytes);
  }

  async #run(call: ActiveCall, callable: Callable, input: unknown): Promise<void> {
    try {
      const checked = await callable.checkInput(input === undefined ? {} : input);
      const answer = await callable.run(checked, call);
      if (isAsyncIterable(answer)) return await this.#stream(call, answer);
      requireJson(answer, "answer");
      if (callable.checkOutput !== undefined) await callable.checkOutput(answer);
      if (this.#isActive(call)) this.#pipe.send({ t: "value", id: call.id, value: answer });
      this.#active.delete(call.id);
    } catch (thrown) {
      this.#fail(call, thrown);
    }
  }

  async #stream(call: ActiveCall, values: AsyncIterable<unknown>): Promise<void> {
    call.stream = new StreamAnswer(values, (value) => {
      requireJson(value, "answer");
      return this.#pipe.send({ t: "chunk", id: call.id, value });
    });
    // Whoever cancelled it in the meantime got its last word already.
    if (!this.#isActive(call)) return call.stream.cancel();
    this.#pipe.send({ t: "value", id: call.id, stream: true });
    await call.stream.run();
    if (this.#isActive(call)) this.#pipe.send({ t: "end", id: call.id });
    this.#active.delete(call.id);
  }

  #fail(call: ActiveCall, thrown: unknown): void {
    if (!this.#isActive(call)) return;
    this.#active.delete(call.id);
    this.#pipe.send({ t: "error", id: call.id, error: wireError(thrown) });
  }

  #isActive(call: ActiveCall): boolean {
    return this.#active.get(call.id) === call;
  }
}

const isAsyncIterable = (value: unknown): value is AsyncIterable<unknown> =>
  typeof value === "object" &&
  value !== null &&
  typeof (value as AsyncIterable<unknown>)[Symbol.asyncIterator] === "function";
