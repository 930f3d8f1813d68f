import { isUtf8 } from "node:buffer";
import { BYTES_TYPE, PatchbayError } from "@patchbay/protocol";
import type { CallFiles, FilePiece } from "../../ports/plugin-runtime.ts";
import type { HeldBytes } from "../../waiting-bytes.ts";
import { SMALL_BODY_BYTES } from "./limits.ts";
import { headerOf, type OutsideRequest } from "./outside.ts";
import type { RequestRecord } from "./request-record.ts";

const END: FilePiece = { bytes: new Uint8Array(0), ends: true };

/** A body as it comes, of which the record hears, within the bound of its address. */
export class RequestBody {
  readonly #source: AsyncIterable<Uint8Array>;
  readonly #maxBytes: number;
  readonly #record: RequestRecord;
  /** What went wrong with it is the sender's, and said of it whatever the plugin makes of that. */
  fault: unknown;

  constructor(source: AsyncIterable<Uint8Array>, maxBytes: number, record: RequestRecord) {
    this.#source = source;
    this.#maxBytes = maxBytes;
    this.#record = record;
  }

  /** Throws `payload_too_large` once there are more bytes than there may be, and `cancelled` for one that breaks off. */
  async *pieces(): AsyncGenerator<FilePiece> {
    let bytes = 0;
    try {
      for await (const chunk of this.#source) {
        bytes += chunk.length;
        if (bytes > this.#maxBytes)
          throw new PatchbayError(
            "payload_too_large",
            `This address takes bodies of at most ${this.#maxBytes} bytes.`,
          );
        this.#record.received(chunk);
        yield { bytes: chunk, ends: false };
      }
    } catch (error) {
      this.fault ??= error;
      throw error;
    }
    this.#record.receivedAll();
    yield END;
  }

  /**
   * All of it, which is counted by `held` where whoever sends it may be anybody. Throws besides what that throws, `payload_too_large` for more
   * than may be held in memory, and `request_timeout`: what a sender has not sent in time is not waited for.
   */
  async whole(maxBytes: number, seconds: number, held: HeldBytes | null): Promise<Buffer> {
    const { promise: late, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(
      () =>
        reject(new PatchbayError("request_timeout", `The body did not arrive within ${seconds} seconds.`)),
      seconds * 1_000,
    );
    return await Promise.race([this.#gathered(maxBytes, held), late]).finally(() => clearTimeout(timer));
  }

  async #gathered(maxBytes: number, held: HeldBytes | null): Promise<Buffer> {
    const chunks: Uint8Array[] = [];
    let length = 0;
    for await (const { bytes } of this.pieces()) {
      length += bytes.length;
      if (length > maxBytes)
        throw new PatchbayError(
          "payload_too_large",
          `A signed message has at most ${maxBytes / 1024} KiB: all of it is verified before anything sees it.`,
        );
      held?.add(bytes.length);
      chunks.push(bytes);
    }
    return Buffer.concat(chunks);
  }
}

/** How a body goes to the plugin: a small text with the rest of the request, all else as bytes beside it. */
export const carried = (
  body: RequestBody | Uint8Array | null,
  request: OutsideRequest,
): { readonly text?: string; readonly files?: CallFiles } => {
  if (body === null) return {};
  if (body instanceof RequestBody) return { files: filesOf(body.pieces(), request) };
  return body.length <= SMALL_BODY_BYTES && isUtf8(body)
    ? { text: Buffer.from(body).toString() }
    : { files: filesOf(wholePieces(body), request) };
};

const filesOf = (pieces: AsyncIterable<FilePiece>, request: OutsideRequest): CallFiles => ({
  heads: [{ pointer: "", name: "body", type: typeOf(request) }],
  pieces,
});

const wholePieces = async function* (bytes: Uint8Array): AsyncGenerator<FilePiece> {
  yield { bytes, ends: false };
  yield END;
};

const typeOf = (request: OutsideRequest): string =>
  headerOf(request, "content-type")?.slice(0, 255) ?? BYTES_TYPE;
