import { pipeline, type Readable } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from "node:zlib";
import { MAX_FETCH_RESPONSE_BYTES, PatchbayError } from "@patchbay/protocol";

/** Codings on top of each other. Nobody needs more than one. */
const MAX_CODINGS = 2;

const DECODERS = {
  gzip: createGunzip,
  "x-gzip": createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
  zstd: createZstdDecompress,
} as const;

/** What the host asks servers for when the plugin does not say: what `decodedBody` reads. */
export const ACCEPTED_CODINGS = "gzip, deflate, br, zstd";

/** The codings of a body in the order in which they are undone; undefined when there is one that is not known. */
export const codingsOf = (contentEncoding: string | undefined): (keyof typeof DECODERS)[] | undefined => {
  const codings = (contentEncoding ?? "")
    .split(",")
    .map((coding) => coding.trim().toLowerCase())
    .filter((coding) => coding !== "" && coding !== "identity")
    .reverse();
  return codings.length <= MAX_CODINGS && codings.every(isKnown) ? codings : undefined;
};

const isKnown = (coding: string): coding is keyof typeof DECODERS => Object.hasOwn(DECODERS, coding);

/**
 * The body, decoded as it is read, so that a bomb is noticed at its first surplus byte. Throws `fetch_too_large`, or what
 * `explain` makes of a fault on the way. Reading to the end or returning early frees the connection.
 */
export async function* decodedBody(
  body: Readable,
  codings: readonly (keyof typeof DECODERS)[],
  explain: (error: unknown) => Error,
): AsyncGenerator<Uint8Array, void, undefined> {
  const decoders = codings.map((coding) => DECODERS[coding]());
  const last: Readable = decoders.at(-1) ?? body;
  // Faults of any part end the last one, from which they are read.
  if (decoders.length > 0) pipeline([body, ...decoders], () => undefined);
  let bytes = 0;
  try {
    for await (const chunk of last as AsyncIterable<Uint8Array>) {
      bytes += chunk.length;
      if (bytes > MAX_FETCH_RESPONSE_BYTES) throw tooLarge();
      yield chunk;
    }
  } catch (error) {
    throw explain(error);
  } finally {
    body.destroy();
  }
}

export const tooLarge = (): PatchbayError =>
  new PatchbayError(
    "fetch_too_large",
    `The remote answer is larger than the ${MAX_FETCH_RESPONSE_BYTES} bytes that plugins may read.`,
    { facts: { maxBytes: MAX_FETCH_RESPONSE_BYTES } },
  );
