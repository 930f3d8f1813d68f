import { pipeline, Readable } from "node:stream";
import { MAX_FETCH_RESPONSE_BYTES, PatchbayError } from "@patchbay/protocol";
import type { ArrivingBody } from "./arriving.ts";
import { type Coding, decoderOf } from "./codings.ts";

/** The body with its codings undone, in their order, as it is read. Faults of any part end what comes back. */
export const decoded = (body: Readable, codings: readonly Coding[]): Readable => {
  const decoders = codings.map(decoderOf);
  const last = decoders.at(-1);
  if (last === undefined) return body;
  pipeline([body, ...decoders], () => undefined);
  return last;
};

interface Ending {
  /** What whoever reads hears of a fault on the way. */
  readonly explain: (error: unknown) => Error;
  /** Called once, when nothing comes any more and nothing is held. */
  readonly close: () => void;
}

/** What can be read, and left before its end. */
interface Source extends AsyncIterator<Uint8Array, undefined> {
  leave(): void;
}

/**
 * The pieces of a body, counted, so that a bomb is noticed at its first surplus byte. Throws `fetch_too_large`, or what `explain` makes of
 * a fault on the way. Reading to the end or returning early frees the connection.
 */
class CountedPieces implements AsyncIterableIterator<Uint8Array> {
  readonly #source: Source;
  readonly #explain: Ending["explain"];
  #bytes = 0;

  constructor(source: Source, explain: Ending["explain"]) {
    this.#source = source;
    this.#explain = explain;
  }

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    try {
      const next = await this.#source.next();
      if (next.done !== true) this.#bytes += next.value.length;
      if (this.#bytes > MAX_FETCH_RESPONSE_BYTES) throw tooLarge();
      return next;
    } catch (error) {
      this.#source.leave();
      throw this.#explain(error);
    }
  }

  async return(): Promise<IteratorResult<Uint8Array, undefined>> {
    this.#source.leave();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

/** A body as it comes. */
export class Pieces extends CountedPieces {
  constructor(body: ArrivingBody, { explain, close }: Ending) {
    super(body, explain);
    body.onClose(close);
  }
}

/** A body whose codings are undone as it is read. All of it may have come before most of it is read: `signal` ends it then too. */
export const decodedPieces = (
  body: ArrivingBody,
  codings: readonly Coding[],
  { explain, close, signal }: Ending & { readonly signal: AbortSignal },
): AsyncIterable<Uint8Array> => {
  const source = Readable.from(body, { objectMode: false });
  const last = decoded(source, codings);
  const stop = (): void => void last.destroy(signal.reason as Error);
  signal.addEventListener("abort", stop, { once: true });
  last.once("close", () => {
    signal.removeEventListener("abort", stop);
    close();
  });
  // Whoever reads hears of it; where nobody does it is nobody's.
  last.on("error", () => undefined);
  body.onClose((error) => {
    if (error !== undefined) source.destroy(error as Error);
  });
  const reading = last[Symbol.asyncIterator]();
  const leave = (): void => {
    last.destroy();
    body.leave();
  };
  return new CountedPieces({ next: () => reading.next(), leave }, explain);
};

export const tooLarge = (): PatchbayError =>
  new PatchbayError(
    "fetch_too_large",
    `The remote answer is larger than the ${MAX_FETCH_RESPONSE_BYTES} bytes that plugins may read.`,
    { facts: { maxBytes: MAX_FETCH_RESPONSE_BYTES } },
  );
