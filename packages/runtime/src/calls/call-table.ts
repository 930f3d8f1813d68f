import type { CallFiles, CallLink, HostCall, PluginAnswer, PluginCall, StartedBy } from "@patchbay/core";
import {
  type GuestMessage,
  type HostMessage,
  PatchbayError,
  PROGRESS_EVERY_MS,
  traceparentOf,
  type WireError,
} from "@patchbay/protocol";
import { cpuExceeded, deadlineExceeded, errorFromGuest, inputRequired } from "../faults.ts";
import { CALL_CPU_FACTOR, LAST_WORD_GRACE_MS, MAX_HELD_STREAM_BYTES } from "../limits.ts";
import { IncomingFiles } from "./incoming-files.ts";
import { IncomingStream } from "./incoming-stream.ts";
import { OutgoingFiles } from "./outgoing-files.ts";

type Chunk = Extract<GuestMessage, { t: "chunk" }>;
type Answer = Extract<GuestMessage, { t: "value" | "chunk" | "end" | "error" | "asks" }>;

/** A call into the plugin that has not had its last word from the guest. */
interface PendingCall {
  readonly name: string;
  readonly project: string | undefined;
  readonly path: readonly string[] | undefined;
  readonly startedBy: StartedBy | undefined;
  readonly link: CallLink | undefined;
  readonly onBytes: PluginCall["onBytes"];
  readonly resolve: (answer: PluginAnswer) => void;
  readonly reject: (error: PatchbayError) => void;
  readonly seconds: number;
  readonly onProgress: PluginCall["onProgress"];
  readonly mayAsk: boolean;
  /** When somebody was told last how far it is. */
  toldAt: number;
  timer: NodeJS.Timeout;
  /** Of the process, when it was first looked at during the call. */
  cpuMsAtStart: number | undefined;
  release: (() => void) | undefined;
  /** The caller has its answer or its error; the guest may still have to say its last word. */
  settled: boolean;
  /** The guest was told to end it. */
  cancelled: boolean;
  /** Tells what was asked on its behalf that it has ended, or was told to; made when somebody listens. */
  ended: AbortController | undefined;
  /** The same where it was told to end before it had; what it asks after that is for its own tidying up. */
  givenUp: AbortController | undefined;
  /** Files beside the input. */
  outgoing: OutgoingFiles | undefined;
  stream: IncomingStream | undefined;
  /** Files beside the answer, when those are what streams. */
  incoming: IncomingFiles | undefined;
}

/** What holds for host calls that are made on behalf of a call. */
export type CallFacts = Pick<
  HostCall,
  "project" | "path" | "startedBy" | "link" | "callEnded" | "callGivenUp"
>;

export interface CallTableOptions {
  /** Comes back with the bytes that it takes. */
  readonly send: (message: HostMessage, attachment?: Uint8Array) => number;
  /** Comes back when at most so many bytes wait for the guest. */
  readonly roomBelow: (bytes: number) => Promise<void>;
  /** A call's deadline has passed and the guest has not said its last word: it may hang. */
  readonly onOverdue: (name: string, error: PatchbayError) => void;
  /** It has not said it long after, although it lives: it never will. */
  readonly onNeverEnded: () => void;
  /** All calls have had their last word. */
  readonly onIdle: () => void;
  /** The plugin's code failed in a call, for its log. */
  readonly onPluginError: (name: string, error: WireError) => void;
}

/** The calls into one instance: numbers them, keeps their deadlines, and matches what comes back. */
export class CallTable {
  readonly #options: CallTableOptions;
  readonly #pending = new Map<number, PendingCall>();
  #nextId = 1;
  #heldBytes = 0;

  constructor(options: CallTableOptions) {
    this.#options = options;
  }

  /** Calls without a last word. */
  get size(): number {
    return this.#pending.size;
  }

  /** What holds for host calls that are made on behalf of a call; nothing when no such call is under way. */
  factsOf(id: number): CallFacts {
    const pending = this.#pending.get(id);
    if (pending === undefined) return {};
    const { project, path, startedBy, link } = pending;
    pending.ended ??= endedAlready(pending);
    if (!pending.cancelled) pending.givenUp ??= new AbortController();
    return {
      callEnded: pending.ended.signal,
      ...(!pending.cancelled && pending.givenUp && { callGivenUp: pending.givenUp.signal }),
      ...(project !== undefined && { project }),
      ...(path !== undefined && { path }),
      startedBy,
      ...(link && { link }),
    };
  }

  /** Sends a call. `leftMs` is what its deadline leaves, of `seconds` in all. Rejects with `PatchbayError`. */
  start(call: PluginCall, leftMs: number, seconds: number): Promise<PluginAnswer> {
    const id = this.#nextId++;
    const { kind, name, input, project = "", files, link, onBytes } = call;
    const { onProgress, asks } = call;
    const trace = link?.trace && traceparentOf(link.trace, link.call);
    const facts = {
      project,
      deadlineMs: Math.round(leftMs),
      ...(onProgress && { progress: true as const }),
      ...(asks && { asks }),
      ...(trace !== undefined && { trace }),
    };
    const message = {
      t: "call",
      id,
      kind,
      name,
      input,
      facts,
      ...(files && { files: files.heads }),
    } as const;
    const bytes = this.#options.send(message);
    onBytes?.("input", bytes);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#onDeadline(id), leftMs);
      const pending: PendingCall = {
        name,
        project: call.project,
        path: call.path,
        startedBy: call.startedBy,
        link,
        onBytes,
        resolve,
        reject,
        seconds,
        onProgress,
        mayAsk: asks !== undefined,
        toldAt: Number.NEGATIVE_INFINITY,
        timer,
        cpuMsAtStart: undefined,
        release: undefined,
        settled: false,
        cancelled: false,
        ended: undefined,
        givenUp: undefined,
        outgoing: undefined,
        stream: undefined,
        incoming: undefined,
      };
      this.#pending.set(id, pending);
      if (call.signal !== undefined) this.#watch(id, pending, call.signal);
      if (files !== undefined) this.#sendFiles(id, pending, files);
    });
  }

  /** False when the message is about no call under way, which no guest may send. */
  handle(message: Answer, attachment: Uint8Array, size: number): boolean {
    const pending = this.#pending.get(message.id);
    if (pending === undefined) return false;
    switch (message.t) {
      case "value":
        pending.onBytes?.("output", size);
        if (message.stream || message.files) return this.#openStream(message, pending);
        if (pending.stream !== undefined) return false;
        this.#finish(message.id, pending);
        if (!pending.settled) pending.resolve({ kind: "value", value: message.value });
        return true;
      case "chunk":
        if (pending.stream === undefined) return false;
        pending.onBytes?.("output", size);
        if (this.#heldBytes > MAX_HELD_STREAM_BYTES) this.#dropLargest();
        return push(pending.stream, pending.incoming, message, attachment, size);
      case "end":
        if (pending.stream === undefined && !pending.settled) return false;
        if (pending.incoming?.isComplete === false) return false;
        this.#finish(message.id, pending);
        pending.stream?.end();
        return true;
      case "asks":
        if (!pending.mayAsk || pending.stream !== undefined) return false;
        this.#finish(message.id, pending);
        if (!pending.settled) pending.reject(inputRequired(message.questions));
        return true;
      case "error": {
        this.#finish(message.id, pending);
        const error = errorFromGuest(message.error);
        const isLastWord = pending.cancelled && message.error.code === "cancelled";
        if (error.code === "plugin_error" && !isLastWord)
          this.#options.onPluginError(pending.name, message.error);
        pending.stream?.fail(error);
        if (!pending.settled) pending.reject(error);
        return true;
      }
    }
  }

  /** Tells who wants to hear how far a call is; nobody hears more often than a guest that keeps to its own bound may say it. */
  progress({ id, done, total, message }: Extract<GuestMessage, { t: "progress" }>): void {
    const pending = this.#pending.get(id);
    if (pending?.onProgress === undefined || pending.cancelled) return;
    const now = performance.now();
    if (now - pending.toldAt < PROGRESS_EVERY_MS / 2) return;
    pending.toldAt = now;
    pending.onProgress({
      done,
      ...(total !== undefined && { total }),
      ...(message !== undefined && { message }),
    });
  }

  /** The guest has read so many pieces of the files beside a call. */
  credit(id: number, chunks: number): void {
    this.#pending.get(id)?.outgoing?.grant(chunks);
  }

  /** The fault when the process used more of the processor during a call than that may take, given its time since the start. */
  overspent(cpuMs: number): PatchbayError | undefined {
    for (const pending of this.#pending.values()) {
      pending.cpuMsAtStart ??= cpuMs;
      const mostMs = pending.seconds * 1000 * CALL_CPU_FACTOR;
      if (cpuMs - pending.cpuMsAtStart > mostMs) return cpuExceeded(mostMs, "in one call");
    }
    return undefined;
  }

  /** Ends every call with `error`. */
  failAll(error: PatchbayError): void {
    for (const [id, pending] of this.#pending) {
      this.#finish(id, pending);
      pending.stream?.fail(error);
      if (!pending.settled) pending.reject(error);
    }
  }

  #openStream({ id, value, files }: Extract<Answer, { t: "value" }>, pending: PendingCall): boolean {
    if (pending.stream !== undefined) return false;
    const stream = new IncomingStream({
      grant: (chunks, bytes) => {
        if (this.#pending.has(id)) this.#options.send({ t: "credit", id, chunks, bytes });
      },
      onHeld: (bytes) => {
        this.#heldBytes += bytes;
      },
      // The deadline of a stream is between values, while somebody waits for one.
      onWait: () => this.#keepTime(id, pending),
      onReady: () => this.#keepTime(id, pending),
      onReturn: () => this.#cancel(id, "The caller stopped reading."),
    });
    pending.stream = stream;
    pending.incoming = files && new IncomingFiles(files, stream);
    if (pending.settled) {
      // The caller has gone. Until the guest hears of it, it may send what a stream begins with.
      stream.end();
      return true;
    }
    clearTimeout(pending.timer);
    pending.settled = true;
    pending.resolve(
      pending.incoming === undefined
        ? { kind: "stream", values: stream }
        : { kind: "files", value, files: pending.incoming.files },
    );
    return true;
  }

  #sendFiles(id: number, pending: PendingCall, files: CallFiles): void {
    const { send, roomBelow } = this.#options;
    pending.outgoing = new OutgoingFiles({
      id,
      files,
      send: (message, attachment) => {
        const bytes = send(message, attachment);
        pending.onBytes?.("input", bytes);
      },
      roomBelow,
      onTurn: () => this.#keepTime(id, pending),
      onFailed: (error) => this.#giveUp(id, pending, error),
    });
    if (pending.cancelled) pending.outgoing.stop();
    void pending.outgoing.run();
  }

  /** Ends the stream of which the most waits to be read: who reads loses nothing by who does not. */
  #dropLargest(): void {
    const heldBy = ([, { stream }]: readonly [number, PendingCall]) => stream?.heldBytes ?? 0;
    const [largest] = [...this.#pending].sort((one, other) => heldBy(other) - heldBy(one));
    if (largest === undefined) return;
    const [id, { stream }] = largest;
    const error = new PatchbayError(
      "overloaded",
      "Too much of this plugin's streams waits to be read. Read on, or try again.",
    );
    stream?.drop(error);
    this.#cancel(id, error.message);
  }

  #watch(id: number, pending: PendingCall, signal: AbortSignal): void {
    const onAbort = (): void =>
      this.#giveUp(id, pending, new PatchbayError("cancelled", "The caller went away before the answer."));
    if (signal.aborted) {
      onAbort();
      return;
    }
    signal.addEventListener("abort", onAbort, { once: true });
    pending.release = () => signal.removeEventListener("abort", onAbort);
  }

  /** The caller gets the error, and the guest is told to end the call. */
  #giveUp(id: number, pending: PendingCall, error: PatchbayError): void {
    if (!pending.settled) pending.reject(error);
    pending.settled = true;
    pending.stream?.fail(error);
    this.#cancel(id, error.message);
  }

  #cancel(id: number, reason: string): void {
    const pending = this.#pending.get(id);
    // Who was told once has no more time when it is told again.
    if (pending === undefined || pending.cancelled) return;
    this.#stop(pending);
    this.#options.send({ t: "cancel", id, reason });
    this.#rearm(id, pending);
  }

  /** Nobody waits for it any more: what it has under way ends. */
  #stop(pending: PendingCall): void {
    pending.cancelled = true;
    pending.ended?.abort();
    pending.givenUp?.abort();
    pending.outgoing?.stop();
  }

  /** The time runs while the guest is waited for, and not while it waits for the caller: to hand over files, or to read on. */
  #keepTime(id: number, pending: PendingCall): void {
    if (pending.cancelled) return;
    const isCallersTurn = pending.outgoing?.waitsForCaller || pending.stream?.isAwaited === false;
    if (isCallersTurn) clearTimeout(pending.timer);
    else this.#rearm(id, pending);
  }

  #rearm(id: number, pending: PendingCall): void {
    clearTimeout(pending.timer);
    if (this.#pending.get(id) === pending)
      pending.timer = setTimeout(() => this.#onDeadline(id), pending.seconds * 1000);
  }

  #onDeadline(id: number): void {
    const pending = this.#pending.get(id);
    if (pending === undefined) return;
    const error = deadlineExceeded("The plugin's answer", pending.seconds);
    this.#stop(pending);
    if (!pending.settled) pending.reject(error);
    pending.settled = true;
    pending.stream?.fail(error);
    this.#options.send({ t: "cancel", id, reason: error.message });
    this.#options.onOverdue(pending.name, error);
    pending.timer = setTimeout(() => {
      // What was read in the meantime may be its last word: let it be handled first.
      setImmediate(() => {
        if (this.#pending.get(id) === pending) this.#options.onNeverEnded();
      });
    }, LAST_WORD_GRACE_MS);
  }

  #finish(id: number, pending: PendingCall): void {
    clearTimeout(pending.timer);
    pending.release?.();
    pending.ended?.abort();
    pending.outgoing?.stop();
    this.#pending.delete(id);
    if (this.#pending.size === 0) this.#options.onIdle();
  }
}

const endedAlready = ({ cancelled }: PendingCall): AbortController => {
  const ended = new AbortController();
  if (cancelled) ended.abort();
  return ended;
};

const push = (
  stream: IncomingStream,
  files: IncomingFiles | undefined,
  { value, ends }: Chunk,
  attachment: Uint8Array,
  size: number,
): boolean => (files === undefined ? stream.push(value, size) : files.take(attachment, ends === true, size));
