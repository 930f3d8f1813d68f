import { type FileHead, PatchbayError } from "@patchbay/protocol";
import type { CallFiles, FilePiece, PluginAnswer } from "../../ports/plugin-runtime.ts";

export interface FileBound {
  /** Of all files of a call, or of an answer, together. */
  readonly maxBytes: number;
  /** For files that are too large: those of the caller or those of the plugin. */
  readonly code: "payload_too_large" | "answer_too_large";
}

/** Throws when files are said to be larger than they may be together. */
const requireWithin = (heads: readonly FileHead[], bound: FileBound): void => {
  const bytes = heads.reduce((sum, { size = 0 }) => sum + size, 0);
  if (bytes > bound.maxBytes) throw tooLarge(`${mebibytes(bytes)} MiB`, bound);
};

/** The same files, which end with an error where they turn out to be too large. Throws at once when they are said to be. */
export const boundedFiles = ({ heads, pieces }: CallFiles, bound: FileBound): CallFiles => {
  requireWithin(heads, bound);
  return { heads, pieces: counted(pieces, bound) };
};

/** Ends files that nobody will read: what is behind them is told. */
export const discardFiles = ({ pieces }: CallFiles): void => leave(pieces);

/** The same for what a plugin has answered: the call ends by it, and is counted. */
export const discardAnswer = (answer: PluginAnswer): void => {
  if (answer.kind === "files") discardFiles(answer.files);
  if (answer.kind === "stream") leave(answer.values);
};

const leave = (parts: AsyncIterable<unknown>): void => {
  const begin = async () => {
    // One that was not begun could not be ended: it would never hear of it.
    for await (const _ of parts) break;
  };
  // Their error is of no interest any more.
  void begin().catch(() => undefined);
};

const counted = async function* (
  pieces: AsyncIterable<FilePiece>,
  bound: FileBound,
): AsyncGenerator<FilePiece> {
  let bytes = 0;
  for await (const piece of pieces) {
    bytes += piece.bytes.length;
    if (bytes > bound.maxBytes) throw tooLarge(`more than ${mebibytes(bound.maxBytes)} MiB`, bound);
    yield piece;
  }
};

const tooLarge = (size: string, { maxBytes, code }: FileBound): PatchbayError => {
  const whose = code === "payload_too_large" ? "this call" : "the plugin's answer";
  return new PatchbayError(
    code,
    `The files of ${whose} have ${size}; this server takes ${mebibytes(maxBytes)} MiB at once (PATCHBAY_MAX_FILE_MIB).`,
  );
};

/** Rounded up, so that what is too large never looks as large as what is allowed. */
export const mebibytes = (bytes: number): number => Math.ceil((bytes / 1024 / 1024) * 10) / 10;
