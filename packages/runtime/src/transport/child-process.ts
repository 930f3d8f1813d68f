import type { Readable, Writable } from "node:stream";
import type { Transport, TransportListener } from "./transport.ts";

/** What leaves at once is joined into one write up to here. */
const JOINED_WRITE_BYTES = 64 * 1024;

/** The pipes of a process. */
export interface ProcessPipes {
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** Ends the process. */
  readonly kill: () => void;
}

/** A guest in a process of its own, at its standard input and output. */
export class ChildProcessTransport implements Transport {
  readonly #stdin: Writable;
  readonly #stdout: Readable;
  readonly kill: () => void;

  constructor({ stdin, stdout, kill }: ProcessPipes) {
    this.#stdin = stdin;
    this.#stdout = stdout;
    this.kill = kill;
    // A process that ends while it is written to is no fault of the host's; whoever started it hears of its end.
    for (const stream of [stdin, stdout]) stream.on("error", () => undefined);
  }

  get queuedBytes(): number {
    return this.#stdin.destroyed ? 0 : this.#stdin.writableLength;
  }

  listen({ data, drained }: TransportListener): void {
    this.#stdout.on("data", (chunk: Buffer) => {
      const handled = data(chunk);
      if (handled !== undefined) void this.#rest(handled);
    });
    this.#stdin.on("drain", drained);
    this.#stdin.on("close", drained);
  }

  send(pieces: readonly Uint8Array[]): void {
    if (!this.#stdin.writable) return;
    const bytes = pieces.reduce((sum, { length }) => sum + length, 0);
    // Small pieces in one write save system calls, large ones as they are save copies.
    if (pieces.length > 1 && bytes <= JOINED_WRITE_BYTES) {
      this.#stdin.write(Buffer.concat(pieces, bytes));
    } else {
      this.#stdin.cork();
      for (const piece of pieces) this.#stdin.write(piece);
      this.#stdin.uncork();
    }
  }

  async #rest(handled: Promise<void>): Promise<void> {
    this.#stdout.pause();
    await handled;
    this.#stdout.resume();
  }
}
