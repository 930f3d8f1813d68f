import { atPointer, PatchbayError, tokensOf } from "@patchbay/protocol";
import type { CallFiles } from "../../ports/plugin-runtime.ts";
import { mebibytes } from "./bounded-files.ts";

/** So many bytes of small pieces are made one. */
const JOINED_BYTES = 64 * 1024;

/** A value with files beside it. */
export interface FilesAnswer {
  readonly value: unknown;
  readonly files: CallFiles;
}

/** The value with its files as base64 in their places. Throws `answer_too_large` above `maxBytes` of base64, with `advice`. */
export const inlined = async (
  { value, files }: FilesAnswer,
  { maxBytes, advice }: { readonly maxBytes: number; readonly advice: string },
): Promise<unknown> => {
  let output = value;
  let place = 0;
  for await (const file of gathered(files, { maxBytes: (maxBytes / 4) * 3, advice })) {
    output = put(output, files.heads[place]?.pointer ?? "", file.toString("base64"));
    place += 1;
  }
  return output;
};

/** The bytes of each file, in the order of the heads. Throws `answer_too_large` above `maxBytes` of all of them, with `advice`. */
export const gathered = async function* (
  files: CallFiles,
  { maxBytes, advice }: { readonly maxBytes: number; readonly advice: string },
): AsyncGenerator<Buffer> {
  const file = new Gathered();
  let length = 0;
  for await (const { bytes, ends } of files.pieces) {
    length += bytes.length;
    if (length > maxBytes)
      throw new PatchbayError(
        "answer_too_large",
        `The files of the answer are larger than the ${mebibytes(maxBytes)} MiB that go into JSON. ${advice}`,
      );
    file.add(bytes);
    if (ends) yield file.take();
  }
};

/** The bytes of a file that is gathered: a plugin may send any number of small pieces, each of which would take more than its bytes. */
class Gathered {
  #chunks: Uint8Array[] = [];
  #small: Uint8Array[] = [];
  #smallBytes = 0;

  add(bytes: Uint8Array): void {
    this.#small.push(bytes);
    this.#smallBytes += bytes.length;
    if (this.#smallBytes >= JOINED_BYTES) this.#join();
  }

  /** All of it; what follows is the next file's. */
  take(): Buffer {
    this.#join();
    return Buffer.concat(this.#chunks.splice(0));
  }

  #join(): void {
    this.#chunks.push(Buffer.concat(this.#small.splice(0)));
    this.#smallBytes = 0;
  }
}

const put = (value: unknown, pointer: string, text: string): unknown => {
  const last = tokensOf(pointer).at(-1);
  if (last === undefined) return text;
  const parent = atPointer(value, pointer.slice(0, pointer.lastIndexOf("/")));
  // What came from a plugin names any place; one that is not there takes nothing.
  if (typeof parent === "object" && parent !== null && Object.hasOwn(parent, last))
    (parent as Record<string, unknown>)[last] = text;
  return value;
};
