import {
  encodeFrame,
  FRAME_PREFIX_BYTES,
  type Frame,
  FrameDecoder,
  FrameError,
  type GuestMessage,
  MAX_REQUEST_JSON_BYTES,
  requireMeasured,
} from "@patchbay/protocol";
import { readPipe, writePipe, writePipeSync } from "./captured.ts";

/** One read of the pipe. A socket's buffer holds about this much. */
const READ_BYTES = 128 * 1024;
/** Up to here a write goes out at once, which saves a thread's turn; it fits any socket's buffer, so it does not block. */
const SYNC_WRITE_BYTES = 32 * 1024;

/**
 * `encodeFrame` for a message of the guest's. Throws `FrameError` for what the host would end the process for: an honest
 * plugin that hands on what somebody else made gets an error instead.
 */
export const encodeMessage = (message: GuestMessage, attachment?: Uint8Array): Uint8Array => {
  const frame = encodeFrame(message, attachment);
  const isAnswer = message.t === "value" || message.t === "chunk";
  if (!isAnswer && frame.length > MAX_REQUEST_JSON_BYTES)
    throw new FrameError(
      `It has ${frame.length} bytes as JSON; at most ${MAX_REQUEST_JSON_BYTES} can be sent.`,
    );
  requireMeasured(frame.subarray(FRAME_PREFIX_BYTES));
  return frame;
};

/** The guest's end of the connection. Messages of one turn of the event loop leave in one write. */
export class Pipe {
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #scheduled = false;
  #writing = false;

  /**
   * Comes back with the size of the frame in bytes. Throws `FrameError` when the message is too large, TypeError when JSON
   * cannot express it; nothing is sent then.
   */
  send(message: GuestMessage): number {
    const frame = encodeMessage(message);
    this.sendFrame(frame);
    return frame.length;
  }

  /** Sends what `encodeMessage` made, and the attachment that it was made for. */
  sendFrame(frame: Uint8Array, attachment?: Uint8Array): void {
    this.#push(frame);
    if (attachment !== undefined) this.#push(attachment);
    if (this.#scheduled || this.#writing) return;
    this.#scheduled = true;
    // After what is ready to run by now, which may have more to send.
    queueMicrotask(this.#flush);
  }

  /** Hands every frame to `handle` until the host closes the pipe. Throws `FrameError`. */
  async read(handle: (frame: Frame) => void): Promise<void> {
    const decoder = new FrameDecoder();
    const buffer = new Uint8Array(READ_BYTES);
    for (;;) {
      const length = await readPipe(buffer);
      if (length === null) return;
      for (const frame of decoder.push(buffer.slice(0, length))) handle(frame);
    }
  }

  #flush = (): void => {
    this.#scheduled = false;
    const bytes = this.#take();
    if (bytes.length <= SYNC_WRITE_BYTES) {
      for (let offset = 0; offset < bytes.length; ) offset += writePipeSync(bytes.subarray(offset));
    } else {
      void this.#writeAll(bytes);
    }
  };

  async #writeAll(first: Uint8Array): Promise<void> {
    this.#writing = true;
    for (let bytes = first; bytes.length > 0; bytes = this.#take()) {
      for (let offset = 0; offset < bytes.length; ) offset += await writePipe(bytes.subarray(offset));
    }
    this.#writing = false;
  }

  #push(bytes: Uint8Array): void {
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
  }

  #take(): Uint8Array {
    const parts = this.#waiting;
    const total = this.#waitingBytes;
    this.#waiting = [];
    this.#waitingBytes = 0;
    const [only] = parts;
    if (parts.length === 1 && only !== undefined) return only;
    const bytes = new Uint8Array(total);
    let offset = 0;
    for (const part of parts) {
      bytes.set(part, offset);
      offset += part.length;
    }
    return bytes;
  }
}
