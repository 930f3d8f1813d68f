import type { Transport, TransportListener } from "./transport.ts";

/** Two transports of which each is the other's guest: what one sends, the other reads. Killing one ends both. */
export interface LinkedPair {
  readonly host: Transport;
  readonly guest: Transport;
  /** Resolves when either was killed. */
  readonly ended: Promise<void>;
}

/** For guests in the process that they serve: tests, which need no sandbox then. */
export const createLinkedPair = (): LinkedPair => {
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  const toHost = new Line();
  const toGuest = new Line();
  const kill = (): void => {
    toHost.close();
    toGuest.close();
    resolve();
  };
  const between = (incoming: Line, outgoing: Line): Transport => ({
    get queuedBytes() {
      return outgoing.bytes;
    },
    listen: ({ data, drained }) => {
      outgoing.drained = drained;
      incoming.read(data);
    },
    send: (pieces) => outgoing.write(pieces),
    kill,
  });
  return { host: between(toHost, toGuest), guest: between(toGuest, toHost), ended };
};

/** Bytes in one direction. */
class Line {
  /** Hears that fewer bytes wait. */
  drained: TransportListener["drained"] = () => undefined;
  readonly #pieces: Uint8Array[] = [];
  #bytes = 0;
  #data: TransportListener["data"] | undefined;
  #isDelivering = false;
  #isClosed = false;

  /** Bytes that wait for the reader. */
  get bytes(): number {
    return this.#bytes;
  }

  read(data: TransportListener["data"]): void {
    this.#data = data;
    void this.#deliver();
  }

  write(pieces: readonly Uint8Array[]): void {
    if (this.#isClosed) return;
    for (const piece of pieces) {
      // A pipe carries bytes, not the memory that they are in.
      this.#pieces.push(Uint8Array.from(piece));
      this.#bytes += piece.length;
    }
    void this.#deliver();
  }

  close(): void {
    this.#isClosed = true;
    this.#pieces.length = 0;
    this.#bytes = 0;
    this.drained();
  }

  /** In a turn of its own, as with a pipe: whoever writes is not called back meanwhile. */
  async #deliver(): Promise<void> {
    if (this.#data === undefined || this.#isDelivering) return;
    this.#isDelivering = true;
    await new Promise((resolve) => setImmediate(resolve));
    for (let piece = this.#pieces.shift(); piece !== undefined; piece = this.#pieces.shift()) {
      this.#bytes -= piece.length;
      await this.#data(piece);
      this.drained();
    }
    this.#isDelivering = false;
  }
}
