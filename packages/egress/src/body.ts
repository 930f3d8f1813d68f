import { pipeline, type Readable } from "node:stream";
import { MAX_FETCH_RESPONSE_BYTES, PatchbayError } from "@patchbay/protocol";
import { type Coding, decoderOf } from "./codings.ts";

/** The body with its codings undone, in their order, as it is read. Faults of any part end what comes back. */
export const decoded = (body: Readable, codings: readonly Coding[]): Readable => {
  const decoders = codings.map(decoderOf);
  const last = decoders.at(-1);
  if (last === undefined) return body;
  pipeline([body, ...decoders], () => undefined);
  return last;
};

/**
 * The pieces of a body that is read from `source`, counted, so that a bomb is noticed at its first surplus byte. Throws `fetch_too_large`, or what `explain`
 * makes of a fault on the way. Reading to the end or returning early frees the connection.
 */
export async function* pieces(
  body: Readable,
  source: Readable,
  explain: (error: unknown) => Error,
): AsyncGenerator<Uint8Array, void, undefined> {
  let bytes = 0;
  try {
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      bytes += chunk.length;
      if (bytes > MAX_FETCH_RESPONSE_BYTES) throw tooLarge();
      yield chunk;
    }
  } catch (error) {
    throw explain(error);
  } finally {
    body.destroy();
    source.destroy();
  }
}

export const tooLarge = (): PatchbayError =>
  new PatchbayError(
    "fetch_too_large",
    `The remote answer is larger than the ${MAX_FETCH_RESPONSE_BYTES} bytes that plugins may read.`,
    { facts: { maxBytes: MAX_FETCH_RESPONSE_BYTES } },
  );
