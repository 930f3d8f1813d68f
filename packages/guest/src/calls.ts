import type { GuestMessage, HostMessage, Questions } from "@patchbay/protocol";
import {
  type CallProgress,
  type Elicit,
  type PluginApi,
  PluginError,
  type PluginLog,
  type SettingsValues,
  type ToolContext,
} from "@patchbay/sdk";
import type { FileToSend } from "@patchbay/sdk/files";
import { askingFor } from "./asking.ts";
import type { AsyncContext } from "./captured.ts";
import { wireError } from "./errors.ts";
import { IncomingFiles } from "./incoming-files.ts";
import { requireJson } from "./json-values.ts";
import { GUEST_KINDS } from "./kinds/index.ts";
import type { Callable } from "./kinds/kind.ts";
import { encodeMessage, type Pipe } from "./pipe.ts";
import type { LoadedPlugin } from "./plugin.ts";
import { Progress } from "./progress.ts";
import { StreamAnswer } from "./stream-answer.ts";

type CallMessage = Extract<HostMessage, { t: "call" }>;
type BodyMessage = Extract<HostMessage, { t: "body" }>;

/** What a call into the plugin can reach, made when it is asked for. */
export interface CallServices {
  readonly apiFor: (call: ActiveCall) => PluginApi;
  readonly settingsOf: (project: string) => SettingsValues;
  readonly log: PluginLog;
}

/** What a call says to the host beside its answer. */
interface CallWords {
  /** How far it is, for those who want to hear. */
  readonly progress: (call: ActiveCall, progress: CallProgress) => void;
  /** Its last word: it asks, and is made again. */
  readonly ask: (call: ActiveCall, questions: Questions) => void;
}

/** One call under way. */
export class ActiveCall implements ToolContext {
  readonly id: number;
  readonly projectKey: string;
  readonly trace: string | undefined;
  stream: StreamAnswer | undefined;
  /** Files beside the input. */
  files: IncomingFiles | undefined;
  readonly #services: CallServices;
  #abort: AbortController | undefined;
  #api: PluginApi | undefined;
  #cancelled: string | undefined;
  readonly #progress: Progress | undefined;
  readonly #facts: CallMessage["facts"];
  readonly #words: CallWords;
  #elicit: Elicit | undefined;

  constructor(message: CallMessage, services: CallServices, words: CallWords) {
    this.id = message.id;
    this.projectKey = message.facts.project;
    this.trace = message.facts.trace;
    this.#services = services;
    this.#facts = message.facts;
    this.#words = words;
    if (message.facts.progress) this.#progress = new Progress((progress) => words.progress(this, progress));
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
  get asks(): ToolContext["asks"] {
    return this.#facts.asks?.methods ?? [];
  }
  get elicit(): Elicit {
    this.#elicit ??= askingFor(this.#facts.asks, (questions) => this.#words.ask(this, questions));
    return this.#elicit;
  }
  /** By itself too, as authors take it out of the context. */
  readonly progress = (progress: CallProgress): void => this.#progress?.tell(progress);
  get signal(): AbortSignal {
    this.#abort ??= new AbortController();
    if (this.#cancelled !== undefined) this.#abort.abort(abortReason(this.#cancelled));
    return this.#abort.signal;
  }

  /** Tells the plugin that nobody waits any more. */
  cancel(reason: string): void {
    this.#cancelled = reason;
    this.stream?.cancel();
    this.files?.fail("cancelled", reason);
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
  readonly #words: CallWords = {
    progress: (call, progress) => {
      if (this.#isActive(call)) this.#pipe.send({ t: "progress", id: call.id, ...progress });
    },
    ask: (call, questions) => {
      if (!this.#isActive(call)) return;
      requireJson(questions, "question");
      this.#end(call);
      this.#pipe.send({ t: "asks", id: call.id, questions });
    },
  };

  constructor(pipe: Pipe, context: AsyncContext<ActiveCall>, services: CallServices) {
    this.#pipe = pipe;
    this.#context = context;
    this.#services = services;
  }

  start(plugin: LoadedPlugin | undefined, message: CallMessage): void {
    const call = new ActiveCall(message, this.#services, this.#words);
    this.#active.set(call.id, call);
    if (message.files !== undefined)
      call.files = new IncomingFiles(message.files, (chunks) => {
        if (this.#isActive(call)) this.#pipe.send({ t: "bodyCredit", id: call.id, chunks });
      });
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

  /** Takes bytes of the files beside a call. */
  takeBody({ id, ends }: BodyMessage, bytes: Uint8Array): void {
    // Each frame's bytes are their own.
    this.#active.get(id)?.files?.take(bytes as Uint8Array<ArrayBuffer>, ends === true);
  }

  credit(id: number, chunks: number, bytes: number): void {
    this.#active.get(id)?.stream?.grant(chunks, bytes);
  }

  async #run(call: ActiveCall, callable: Callable, input: unknown): Promise<void> {
    try {
      const checked = await callable.checkInput(input === undefined ? {} : input, call.files?.sources);
      const answer = await callable.run(checked, call);
      const answers = callable.answers();
      if (isAsyncIterable(answer) && !answers.isFile) return await this.#stream(call, answer);
      const taken = answers.take(answer);
      requireJson(taken.value, "answer");
      const value = await taken.checked();
      if (taken.files.length > 0) return await this.#sendFiles(call, value, taken.files);
      if (this.#isActive(call)) this.#pipe.send({ t: "value", id: call.id, value });
      this.#end(call);
    } catch (thrown) {
      this.#fail(call, thrown);
    }
  }

  async #stream(call: ActiveCall, values: AsyncIterable<unknown>): Promise<void> {
    const stream = new StreamAnswer(values, (value) => {
      requireJson(value, "answer");
      return this.#pipe.send({ t: "chunk", id: call.id, value });
    });
    await this.#follow(call, { t: "value", id: call.id, stream: true }, stream);
  }

  async #sendFiles(call: ActiveCall, value: unknown, files: readonly FileToSend[]): Promise<void> {
    const { id } = call;
    const stream = new StreamAnswer(piecesOf(files), (bytes) => {
      const piece = bytes as Uint8Array;
      const isLast = piece.length === 0;
      const frame = encodeMessage({ t: "chunk", id, ...(isLast && { ends: true as const }) }, piece);
      this.#pipe.sendFrame(frame, piece);
      return frame.length + piece.length;
    });
    await this.#follow(call, { t: "value", id, value, files: files.map(({ head }) => head) }, stream);
  }

  /** Says that the answer streams, and sends it as it is read. */
  async #follow(call: ActiveCall, head: GuestMessage, stream: StreamAnswer): Promise<void> {
    call.stream = stream;
    // Whoever cancelled it in the meantime got its last word already.
    if (!this.#isActive(call)) return stream.cancel();
    this.#pipe.send(head);
    await stream.run();
    if (this.#isActive(call)) this.#pipe.send({ t: "end", id: call.id });
    this.#end(call);
  }

  /** Takes nothing more for a call that had its last word. */
  #end(call: ActiveCall): void {
    this.#active.delete(call.id);
    call.files?.fail("cancelled", "The call has ended; its files can be read no more.");
  }

  #fail(call: ActiveCall, thrown: unknown): void {
    if (!this.#isActive(call)) return;
    this.#end(call);
    this.#pipe.send({ t: "error", id: call.id, error: wireError(thrown) });
  }

  #isActive(call: ActiveCall): boolean {
    return this.#active.get(call.id) === call;
  }
}

const NO_BYTES = new Uint8Array(0);

/** The bytes of all files, each with an empty piece at its end. */
const piecesOf = async function* (files: readonly FileToSend[]): AsyncGenerator<Uint8Array> {
  for (const { bytes } of files) {
    for await (const piece of bytes) if (piece.length > 0) yield piece;
    yield NO_BYTES;
  }
};

const isAsyncIterable = (value: unknown): value is AsyncIterable<unknown> =>
  typeof value === "object" &&
  value !== null &&
  typeof (value as AsyncIterable<unknown>)[Symbol.asyncIterator] === "function";
