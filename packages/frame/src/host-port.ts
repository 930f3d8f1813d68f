import {
  type FrameHostMessage,
  type FrameMessage,
  MAX_FRAME_CALLS,
  MAX_FRAME_MESSAGE_LENGTH,
} from "@patchbay/protocol";
import { type PluginError, pluginError, QuotaExceededError } from "@patchbay/sdk";
import { fromBase64 } from "./bytes.ts";

/** Half of what the console bears, so that a panel that is eager and honest waits instead of being closed. */
const MAX_UNDER_WAY = MAX_FRAME_CALLS / 2;
/** Calls that may wait for their turn. */
const MAX_WAITING = 10_000;

type Answer = Extract<FrameHostMessage, { t: "value" | "chunk" | "end" | "error" }>;

const ANSWERS: ReadonlySet<string> = new Set(["value", "chunk", "end", "error"] satisfies Answer["t"][]);

export interface HostReply {
  readonly value: unknown;
  /** Bytes that follow the value, as they come. */
  readonly body?: ReadableStream<Uint8Array<ArrayBuffer>>;
}

export interface HostRequest {
  readonly args?: unknown;
  /** Base64. */
  readonly attachment?: string;
  readonly signal?: AbortSignal | undefined;
  /** Takes the values of a stream as they come. */
  readonly onChunk?: (value: unknown) => void;
}

interface Pending {
  readonly request: HostRequest;
  /** Takes the bytes that follow a value, once that has come. */
  body?: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>;
  resolve(reply: HostReply): void;
  reject(error: unknown): void;
}

/** The one way out of the frame: calls to the console over the port, and what the console says of itself. */
export class HostPort {
  readonly #port: MessagePort;
  readonly #pending = new Map<number, Pending>();
  readonly #waiting: (() => void)[] = [];
  #nextId = 1;

  /** `receive` gets everything but answers to calls. */
  constructor(port: MessagePort, receive: (message: Exclude<FrameHostMessage, Answer>) => void) {
    this.#port = port;
    port.onmessage = ({ data }) => {
      const message = JSON.parse(data) as FrameHostMessage;
      if (isAnswer(message)) this.#settle(message);
      else receive(message);
    };
  }

  /** Throws `QuotaExceededError` for a message that the console would not take. */
  send(message: FrameMessage): void {
    const text = JSON.stringify(message);
    if (text.length > MAX_FRAME_MESSAGE_LENGTH)
      throw new QuotaExceededError(
        `A call from a view takes at most ${MAX_FRAME_MESSAGE_LENGTH / 1024 / 1024} MiB of JSON.`,
      );
    this.#port.postMessage(text);
  }

  /** Rejects with a `PluginError` of the platform's code, or with the signal's reason. */
  call(method: string, request: HostRequest = {}): Promise<HostReply> {
    const { promise, resolve, reject } = Promise.withResolvers<HostReply>();
    const start = () => this.#start(method, { request, resolve, reject });
    if (this.#pending.size < MAX_UNDER_WAY) start();
    else if (this.#waiting.length < MAX_WAITING) this.#waiting.push(start);
    else reject(new QuotaExceededError(`${MAX_WAITING} calls of this view are waiting already.`));
    return promise;
  }

  #start(method: string, pending: Pending): void {
    const { args = {}, attachment, signal } = pending.request;
    if (signal?.aborted === true) {
      pending.reject(signal.reason);
      this.#next();
      return;
    }
    const id = this.#nextId++;
    try {
      this.send({ t: "call", id, method, args, ...(attachment !== undefined && { attachment }) });
    } catch (error) {
      pending.reject(error);
      this.#next();
      return;
    }
    this.#pending.set(id, pending);
    signal?.addEventListener("abort", () => this.#cancel(id, signal.reason), { once: true });
  }

  #cancel(id: number, reason: unknown): void {
    const pending = this.#pending.get(id);
    if (pending === undefined) return;
    this.#pending.delete(id);
    this.send({ t: "cancel", id });
    pending.body?.error(reason);
    pending.reject(reason);
    this.#next();
  }

  #settle(message: Answer): void {
    const pending = this.#pending.get(message.id);
    if (pending === undefined) return;
    if (!this.#take(message, pending)) return;
    this.#pending.delete(message.id);
    this.#next();
  }

  /** Whether this was the call's last word. */
  #take(message: Answer, pending: Pending): boolean {
    switch (message.t) {
      case "chunk":
        if (pending.body === undefined) pending.request.onChunk?.(message.value);
        else pending.body.enqueue(fromBase64(String(message.value)));
        return false;
      case "value": {
        const { id, value, stream } = message;
        pending.resolve(stream ? { value, body: this.#open(id, pending) } : { value });
        return stream !== true;
      }
      case "end":
        pending.body?.close();
        return true;
      case "error":
        pending.body?.error(errorOf(message));
        pending.reject(errorOf(message));
        return true;
    }
  }

  #open(id: number, pending: Pending): ReadableStream<Uint8Array<ArrayBuffer>> {
    return new ReadableStream({
      start: (controller) => {
        pending.body = controller;
      },
      cancel: (reason) => {
        delete pending.body;
        this.#cancel(id, reason);
      },
    });
  }

  #next(): void {
    this.#waiting.shift()?.();
  }
}

const isAnswer = (message: FrameHostMessage): message is Answer => ANSWERS.has(message.t);

const errorOf = ({ code, message, ...details }: Extract<Answer, { t: "error" }>): PluginError =>
  pluginError(code, message, details);
