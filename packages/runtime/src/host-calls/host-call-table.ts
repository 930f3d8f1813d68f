import type { HostAnswer, HostCall, PluginSpec } from "@patchbay/core";
import {
  FrameError,
  type GuestMessage,
  type HostMessage,
  MAX_PENDING_HOST_CALLS,
  PatchbayError,
} from "@patchbay/protocol";
import type { CallFacts } from "../calls/call-table.ts";
import { OutgoingBody } from "../calls/outgoing-body.ts";
import { OutgoingValues } from "../calls/outgoing-values.ts";
import { errorForGuest } from "../faults.ts";
import { MAX_PENDING_HOST_BYTES, MAX_QUEUED_BYTES, MAX_REFUSED_BYTES_PER_SECOND } from "../limits.ts";

type HostCallMessage = Extract<GuestMessage, { t: "hostCall" }>;

const SECOND_MS = 1_000;

interface PendingHostCall {
  readonly abort: AbortController;
  readonly bytes: number;
  readonly body: OutgoingBody;
  readonly values: OutgoingValues;
}

export interface HostCallTableOptions {
  readonly spec: PluginSpec;
  readonly handle: (call: HostCall) => Promise<HostAnswer>;
  /** What holds for what is asked on behalf of a call into the plugin that is under way; nothing for others. */
  readonly factsOf: (call: number) => CallFacts;
  /** Comes back with the bytes that it takes. */
  readonly send: (message: HostMessage, attachment?: Uint8Array) => number;
  /** Comes back when at most so many bytes wait for the guest. */
  readonly roomBelow: (bytes: number) => Promise<void>;
  readonly breakOff: (error: PatchbayError) => void;
  /** Hears of errors that are not the plugin's to know. */
  readonly onInternalFault: (error: unknown) => void;
}

/** The calls of one instance into the platform: bounds them, passes them to the gate, and sends the answers back. */
export class HostCallTable {
  readonly #options: HostCallTableOptions;
  readonly #pending = new Map<number, PendingHostCall>();
  #bytes = 0;
  #refused = { since: 0, bytes: 0 };

  constructor(options: HostCallTableOptions) {
    this.#options = options;
  }

  /** Takes a guest's `hostCall`, whose frame has `bytes`. Breaks the connection off when there are too many. */
  start(message: HostCallMessage, attachment: Uint8Array, bytes: number): void {
    if (this.#pending.has(message.id)) {
      const error = new PatchbayError(
        "protocol_violation",
        "The plugin was stopped: it used a number twice.",
      );
      this.#options.breakOff(error);
      return;
    }
    if (this.#pending.size >= MAX_PENDING_HOST_CALLS || this.#bytes + bytes > MAX_PENDING_HOST_BYTES) {
      const error = new PatchbayError(
        "plugin_flooding",
        "The plugin was stopped: too many of its calls were under way.",
      );
      this.#options.breakOff(error);
      return;
    }
    const { send, roomBelow } = this.#options;
    const pending: PendingHostCall = {
      abort: new AbortController(),
      bytes,
      body: new OutgoingBody({
        send: (piece) => send({ t: "chunk", id: message.id }, piece),
        roomBelow,
      }),
      values: new OutgoingValues({
        send: (value) => send({ t: "chunk", id: message.id, value }),
        roomBelow,
      }),
    };
    this.#pending.set(message.id, pending);
    this.#bytes += bytes;
    void this.#run(message, attachment, pending);
  }

  cancel(id: number): void {
    const pending = this.#pending.get(id);
    pending?.abort.abort(new PatchbayError("cancelled", "The plugin gave the call up."));
    pending?.body.stop();
    pending?.values.stop();
  }

  credit(id: number, chunks: number, bytes: number): void {
    const pending = this.#pending.get(id);
    pending?.body.grant(chunks);
    pending?.values.grant(chunks, bytes);
  }

  /** Aborts everything under way: the process has ended. */
  abortAll(): void {
    for (const id of this.#pending.keys()) this.cancel(id);
    this.#pending.clear();
  }

  async #run(message: HostCallMessage, attachment: Uint8Array, pending: PendingHostCall): Promise<void> {
    const { id } = message;
    let release: (() => void) | undefined;
    try {
      const answer = await this.#answer(message, attachment, pending);
      release = answer.release;
      await this.#options.roomBelow(MAX_QUEUED_BYTES);
      const { value, body, values } = answer;
      if (body !== undefined) {
        this.#options.send({ t: "value", id, value, stream: "bytes" });
        await sendAll(body, pending.body, pending.abort.signal);
        this.#lastWord(id, { t: "end", id });
      } else if (values !== undefined) {
        this.#options.send({ t: "value", id, value, stream: "values" });
        await sendAll(values, pending.values, pending.abort.signal);
        this.#lastWord(id, { t: "end", id });
      } else {
        this.#lastWord(id, { t: "value", id, value });
      }
    } catch (error) {
      this.#fail(id, error);
      this.#countRefused(pending.bytes);
    } finally {
      release?.();
    }
  }

  /** Reading what is refused takes the host's time: whoever repeats it is stopped. */
  #countRefused(bytes: number): void {
    const now = performance.now();
    if (now - this.#refused.since > SECOND_MS) this.#refused = { since: now, bytes: 0 };
    this.#refused.bytes += bytes;
    if (this.#refused.bytes <= MAX_REFUSED_BYTES_PER_SECOND) return;
    const what = "The plugin was stopped: it repeated large calls that were refused.";
    this.#options.breakOff(new PatchbayError("plugin_flooding", what));
  }

  async #answer(
    message: HostCallMessage,
    attachment: Uint8Array,
    { abort }: PendingHostCall,
  ): Promise<HostAnswer> {
    const { spec, handle, factsOf } = this.#options;
    return await handle({
      spec,
      ...(message.call !== undefined && factsOf(message.call)),
      method: message.method,
      params: message.params,
      attachment,
      signal: abort.signal,
    });
  }

  #fail(id: number, error: unknown): void {
    if (error instanceof FrameError) {
      const tooLarge = new PatchbayError(
        "answer_too_large",
        "The platform's answer is too large for the sandbox.",
      );
      this.#lastWord(id, { t: "error", id, error: errorForGuest(tooLarge) });
      return;
    }
    if (!(error instanceof PatchbayError)) this.#options.onInternalFault(error);
    this.#lastWord(id, { t: "error", id, error: errorForGuest(error) });
  }

  #lastWord(id: number, message: HostMessage): void {
    const pending = this.#pending.get(id);
    // After the process ended there is nobody to tell.
    if (pending === undefined) return;
    this.#options.send(message);
    this.#pending.delete(id);
    this.#bytes -= pending.bytes;
  }
}

const sendAll = async <T>(
  items: AsyncIterable<T>,
  outgoing: { send(item: T): Promise<void> },
  signal: AbortSignal,
): Promise<void> => {
  for await (const item of items) {
    await outgoing.send(item);
    signal.throwIfAborted();
  }
  signal.throwIfAborted();
};
