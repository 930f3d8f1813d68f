import type { Readable } from "node:stream";
import { MAX_CALL_FILES, PatchbayError } from "@patchbay/protocol";
import type { FastifyRequest } from "fastify";
import { BODY_TIMEOUT_MS, MAX_FORM_HEADER_BYTES } from "../limits.ts";

/** Parts that are no files: see `call-form.ts`. */
const TEXT_PARTS = 3;
const MAX_PART_NAME_BYTES = 1_024;
const MAX_PART_HEADERS = 20;

interface MultipartFile {
  readonly type: "file";
  readonly fieldname: string;
  readonly filename: string | undefined;
  readonly mimetype: string;
  readonly file: Readable;
}

/** One part of a form, which must be read to its end before the next one comes. */
export interface FormPart {
  readonly name: string;
  /** As the client says; undefined when it does not. */
  readonly fileName: string | undefined;
  readonly type: string;
  /** Its bytes. Throws `request_timeout` when none come for so many milliseconds, `invalid_request` when it breaks off. */
  chunks(timeoutMs: number): AsyncIterable<Uint8Array>;
  /** All of it as text. Throws `payload_too_large` beyond so many bytes. */
  text(maxBytes: number): Promise<string>;
}

/** The parts of a form, one after the other, each as a stream. */
export class FormParts {
  readonly #parts: AsyncIterator<unknown>;

  /** `maxFileBytes`: more of one part are not read. */
  constructor(request: FastifyRequest, maxFileBytes: number) {
    const options = {
      throwFileSizeLimit: false,
      // Whatever a part says of itself, it comes as a stream.
      isPartAFile: () => true,
      limits: {
        // One more than is let through, so that whoever counts sees that it is too much.
        fileSize: maxFileBytes + 1,
        parts: MAX_CALL_FILES + TEXT_PARTS,
        files: MAX_CALL_FILES + TEXT_PARTS,
        fieldNameSize: MAX_PART_NAME_BYTES,
        headerPairs: MAX_PART_HEADERS,
        headerSize: MAX_FORM_HEADER_BYTES,
      },
    };
    this.#parts = request.parts(options)[Symbol.asyncIterator]();
  }

  /** Undefined after the last. Throws `invalid_request`, `payload_too_large`, and `request_timeout` when it does not begin for long. */
  async next(): Promise<FormPart | undefined> {
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => late.reject(stalled(BODY_TIMEOUT_MS)), BODY_TIMEOUT_MS);
    try {
      const { done, value } = await Promise.race([this.#parts.next(), late.promise]);
      return done === true ? undefined : partOf(value as MultipartFile);
    } catch (error) {
      throw formFault(error);
    } finally {
      clearTimeout(timer);
    }
  }
}

const partOf = ({ fieldname, filename, mimetype, file }: MultipartFile): FormPart => ({
  name: fieldname ?? "",
  fileName: filename,
  type: mimetype,
  chunks: (timeoutMs) => chunksOf(file, timeoutMs),
  async text(maxBytes) {
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of chunksOf(file, BODY_TIMEOUT_MS)) {
      bytes += chunk.length;
      if (bytes > maxBytes)
        throw new PatchbayError(
          "payload_too_large",
          `The part "${fieldname}" has more than ${maxBytes / 1024} KiB. What is large goes into files.`,
        );
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString("utf8");
  },
});

const chunksOf = async function* (file: Readable, timeoutMs: number): AsyncGenerator<Uint8Array> {
  let timer: NodeJS.Timeout | undefined;
  // Only while the client is waited for: how long the reader takes is its own affair.
  const watch = () => {
    timer = setTimeout(() => file.destroy(stalled(timeoutMs)), timeoutMs);
  };
  try {
    watch();
    for await (const chunk of file) {
      clearTimeout(timer);
      yield chunk as Uint8Array;
      watch();
    }
  } catch (error) {
    throw formFault(error);
  } finally {
    clearTimeout(timer);
  }
};

const stalled = (timeoutMs: number): PatchbayError =>
  new PatchbayError("request_timeout", `No more of the form came for ${timeoutMs / 1000} seconds.`);

const TOO_MUCH: ReadonlySet<string> = new Set(["FST_PARTS_LIMIT", "FST_FILES_LIMIT", "FST_FIELDS_LIMIT"]);

const formFault = (error: unknown): PatchbayError => {
  if (error instanceof PatchbayError) return error;
  if (TOO_MUCH.has((error as { code?: string }).code ?? ""))
    return new PatchbayError("payload_too_large", `A form has at most ${MAX_CALL_FILES} files.`);
  return new PatchbayError("invalid_request", "The form is malformed or broke off. Send it again.", {
    cause: error,
  });
};
