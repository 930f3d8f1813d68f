import { BYTES_TYPE, PatchbayError } from "@patchbay/protocol";
import type { CallFiles, FilePiece } from "../../ports/plugin-runtime.ts";
import { headerOf, type OutsideRequest } from "./outside.ts";
import type { RequestRecord } from "./request-record.ts";

const NO_BYTES = new Uint8Array(0);

/** What goes wrong with a body is the sender's, and said of it whatever the plugin makes of that. */
export class BodyFaults {
  first: unknown;

  async *of(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    try {
      yield* body;
    } catch (error) {
      this.first ??= error;
      throw error;
    }
  }
}

/** The same bytes. Throws `payload_too_large` once there are more than there may be. */
export const bounded = async function* (
  body: AsyncIterable<Uint8Array>,
  maxBytes: number,
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > maxBytes)
      throw new PatchbayError("payload_too_large", `This address takes bodies of at most ${maxBytes} bytes.`);
    yield chunk;
  }
};

/** The same bytes, of which the record hears. */
export const noted = async function* (
  body: AsyncIterable<Uint8Array>,
  record: RequestRecord,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of body) {
    record.received(chunk);
    yield chunk;
  }
};

export const single = async function* (bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
};

/** A body as the only file beside a call. */
export const filesOf = (body: AsyncIterable<Uint8Array>, request: OutsideRequest): CallFiles => ({
  heads: [{ pointer: "", name: "body", type: typeOf(request) }],
  pieces: piecesOf(body),
});

const typeOf = (request: OutsideRequest): string =>
  headerOf(request, "content-type")?.slice(0, 255) ?? BYTES_TYPE;

const piecesOf = async function* (body: AsyncIterable<Uint8Array>): AsyncGenerator<FilePiece> {
  for await (const bytes of body) yield { bytes, ends: false };
  yield { bytes: NO_BYTES, ends: true };
};

/** Throws `request_timeout`: what a sender has not sent in time is not waited for. */
export const inTime = async <T>(work: Promise<T>, seconds: number): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () =>
        reject(new PatchbayError("request_timeout", `The body did not arrive within ${seconds} seconds.`)),
      seconds * 1_000,
    );
  });
  return await Promise.race([work, late]).finally(() => clearTimeout(timer));
};
