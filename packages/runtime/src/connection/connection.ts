import {
  encodeFrame,
  FrameDecoder,
  FrameError,
  type GuestMessage,
  type HostMessage,
  MAX_GUEST_FRAMES_PER_SECOND,
  MAX_REQUEST_JSON_BYTES,
  PatchbayError,
} from "@patchbay/protocol";
import { LARGE_JSON_BYTES, MAX_GUEST_BYTES_PER_SECOND } from "../limits.ts";
import type { Transport } from "../transport/transport.ts";
import { readGuestMessage } from "./guest-messages.ts";

/** `size` is that of the whole frame in bytes. */
export type MessageHandler = (message: GuestMessage, attachment: Uint8Array, size: number) => void;

const SECOND_MS = 1_000;

/**
 * The host's end of the wire to a guest: messages over a transport. Everything that comes in is hostile until checked; at
 * the first breach the guest is ended and `fault` says why.
 */
export class Connection {
  readonly #transport: Transport;
  readonly #decoder = new FrameDecoder({ isMeasured: true });
  readonly #onInternalFault: (error: unknown) => void;
  #handler: MessageHandler;
  #fault: PatchbayError | undefined;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #drained: PromiseWithResolvers<void> | undefined;
  #windowStart = 0;
  #windowFrames = 0;
  #windowBytes = 0;

  /** `onInternalFault` hears of errors that a handler throws: faults of the host's own. */
  constructor(transport: Transport, handler: MessageHandler, onInternalFault: (error: unknown) => void) {
    this.#transport = transport;
    this.#handler = handler;
    this.#onInternalFault = onInternalFault;
    transport.listen({ data: (chunk) => this.#receive(chunk), drained: () => this.#wake() });
  }

  /** Why the connection was broken off; undefined while it is sound. */
  get fault(): PatchbayError | undefined {
    return this.#fault;
  }

  /** Bytes that wait for the sandbox to read them. */
  get queuedBytes(): number {
    return this.#waitingBytes + this.#transport.queuedBytes;
  }

  /** From now on, messages go to `handler`. */
  handOver(handler: MessageHandler): void {
    this.#handler = handler;
  }

  /**
   * Queues a message; those of one turn of the event loop leave together. Comes back with its size in bytes. Throws `FrameError` when
   * it is too large.
   */
  send(message: HostMessage, attachment?: Uint8Array): number {
    const bytes = encodeFrame(message, attachment);
    if (this.#waiting.length === 0) setImmediate(this.#flush);
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
    if (attachment === undefined) return bytes.length;
    this.#waiting.push(attachment);
    this.#waitingBytes += attachment.length;
    return bytes.length + attachment.length;
  }

  /** Comes back when at most `bytes` wait, or nothing can be sent any more. */
  async roomBelow(bytes: number): Promise<void> {
    while (this.queuedBytes > bytes && this.#fault === undefined) {
      this.#drained ??= Promise.withResolvers();
      await this.#drained.promise;
    }
  }

  /** Breaks off: the guest is ended, and `fault` is this, unless there was an earlier one. */
  breakOff(error: PatchbayError): void {
    this.#fault ??= error;
    this.#transport.kill();
    this.#wake();
  }

  #flush = (): void => {
    const pieces = this.#waiting;
    this.#waiting = [];
    this.#waitingBytes = 0;
    if (this.#fault === undefined) this.#transport.send(pieces);
    // What waited here may have gone out at once, or nowhere.
    this.#wake();
  };

  #wake(): void {
    this.#drained?.resolve();
    this.#drained = undefined;
  }

  /** Reading large JSON may take half of the thread's time at most: more is taken only after as long a pause. */
  #receive(chunk: Uint8Array): Promise<void> | undefined {
    if (this.#fault !== undefined) return undefined;
    const begun = performance.now();
    const hasReadLarge = this.#read(chunk);
    return hasReadLarge ? pause(performance.now() - begun) : undefined;
  }

  /** Whether there was a message whose JSON is large. */
  #read(chunk: Uint8Array): boolean {
    let isLarge = false;
    try {
      this.#count(chunk.length);
      if (this.#fault !== undefined) return false;
      for (const { header, attachment, headerSize, size } of this.#decoder.push(chunk)) {
        this.#windowFrames++;
        const message = readGuestMessage(header);
        if (message === undefined) {
          this.#violation("a message that no plugin may send.");
          return false;
        }
        const isAnswer = message.t === "value" || message.t === "chunk";
        if (headerSize > MAX_REQUEST_JSON_BYTES && !isAnswer) {
          this.#violation(`more than ${MAX_REQUEST_JSON_BYTES} bytes of JSON that are no answer.`);
          return false;
        }
        this.#handler(message, attachment, size);
        if (this.#fault !== undefined) return false;
        // What is in a stream comes only as far as somebody reads it.
        if (message.t === "chunk") {
          this.#windowFrames--;
          this.#windowBytes -= attachment.length;
        }
        isLarge ||= headerSize > LARGE_JSON_BYTES;
      }
    } catch (error) {
      if (error instanceof FrameError) {
        this.#violation(`bytes that are no frame. ${error.message}`);
        return false;
      }
      this.#onInternalFault(error);
      this.breakOff(
        new PatchbayError("internal", "Patchbay failed to handle a message of the plugin.", { cause: error }),
      );
    }
    return isLarge;
  }

  #violation(what: string): void {
    this.breakOff(
      new PatchbayError("protocol_violation", `The plugin was stopped: its process sent ${what}`),
    );
  }

  #count(bytes: number): void {
    const now = performance.now();
    if (now - this.#windowStart > SECOND_MS) {
      this.#windowStart = now;
      this.#windowFrames = 0;
      this.#windowBytes = 0;
    }
    this.#windowBytes += bytes;
    if (this.#windowFrames <= MAX_GUEST_FRAMES_PER_SECOND && this.#windowBytes <= MAX_GUEST_BYTES_PER_SECOND)
      return;
    this.breakOff(
      new PatchbayError(
        "plugin_flooding",
        "The plugin was stopped: it sent more in a second than the host accepts.",
      ),
    );
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
