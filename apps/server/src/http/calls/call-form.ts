import { createHash } from "node:crypto";
import { type CallFiles, type FilePiece, mebibytes } from "@patchbay/core";
import {
  excessOf,
  type FileHead,
  MAX_CALL_FILES,
  PatchbayError,
  parseJson,
  safeFileName,
  safeMediaType,
} from "@patchbay/protocol";
import type { FastifyRequest } from "fastify";
import Type, { type Static } from "typebox";
import { Compile } from "typebox/compile";
import { BODY_TIMEOUT_MS, MAX_BODY_BYTES, MAX_JSON_DEPTH, MAX_JSON_VALUES } from "../limits.ts";
import { skipRest } from "../multipart.ts";
import { type FormPart, FormParts } from "./form-parts.ts";

/** A call that came as a form. */
export interface CallForm {
  readonly input: unknown;
  readonly project?: string;
  readonly files?: CallFiles;
  /** Comes back when all of the form has come. Throws what is wrong with it. */
  readonly received: Promise<void>;
}

/** What a caller says beforehand of each file that follows, in their order. */
const Announced = Type.Array(
  Type.Object(
    {
      path: Type.String({ minLength: 1, maxLength: 1_000 }),
      name: Type.Optional(Type.String({ maxLength: 1_000 })),
      type: Type.Optional(Type.String({ maxLength: 255 })),
      size: Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })),
    },
    { additionalProperties: false },
  ),
  { maxItems: MAX_CALL_FILES },
);
type Announced = Static<typeof Announced>;
const announced = Compile(Announced);

const NO_BYTES = new Uint8Array(0);
/** The parts that are no files. */
const TEXTS = ["input", "project", "parts"] as const;

/**
 * Reads the form of a call: `input`, `project` and `parts` first, then files, whose bytes come as they are read. One file says itself
 * what it is; of several the caller says so in `parts`, since the call begins before the second has come. Throws `invalid_request` or
 * `payload_too_large`.
 */
export const readCallForm = async (request: FastifyRequest, maxFileBytes: number): Promise<CallForm> => {
  requireLength(request, maxFileBytes);
  const parts = new FormParts(request, maxFileBytes);
  const { texts, first } = await readTexts(parts);
  const heads = headsOf(texts.get("parts"), first);
  const input = jsonOf("input", texts.get("input"));
  const project = texts.get("project");
  await request.claimForm?.(digestOf([texts.get("input"), project, heads]));
  const call = { input, ...(project !== undefined && { project }) };
  return first === undefined
    ? { ...call, received: DONE }
    : { ...call, ...filesOf(parts, first, heads, request) };
};

const DONE = Promise.resolve();

const requireLength = ({ headers }: FastifyRequest, maxFileBytes: number): void => {
  const length = Number(headers["content-length"] ?? 0);
  const most = maxFileBytes + MAX_BODY_BYTES;
  if (length > most)
    throw new PatchbayError(
      "payload_too_large",
      `The form has ${mebibytes(length)} MiB; files of a call may have ${mebibytes(maxFileBytes)} MiB together on this server (PATCHBAY_MAX_FILE_MIB).`,
    );
};

/** The parts before the files, by name, and the first file. */
const readTexts = async (parts: FormParts) => {
  const texts = new Map<string, string>();
  for (;;) {
    const part = await parts.next();
    const name = TEXTS.find((text) => text === part?.name);
    if (part === undefined || name === undefined) {
      if (!texts.has("input"))
        throw invalid('The form has no part "input", the input as JSON, before its files.');
      return { texts, first: part };
    }
    if (texts.has(name)) throw invalid(`The part "${name}" came twice.`);
    texts.set(name, await part.text(MAX_BODY_BYTES));
  }
};

const headsOf = (text: string | undefined, first: FormPart | undefined): FileHead[] => {
  const value = jsonOf("parts", text);
  if (value === undefined) return first === undefined ? [] : [headOf(first)];
  if (!announced.Check(value))
    throw invalid(
      'The part "parts" is a list of { path, name?, type?, size? }, one for each file that follows.',
    );
  const heads = (value as Announced).map(({ path, name, type, size }) => ({
    pointer: pointerOf(path),
    name: safeFileName(name ?? path),
    type: safeMediaType(type ?? ""),
    ...(size !== undefined && { size }),
  }));
  const pointers = heads.map(({ pointer }) => pointer);
  const twice = pointers.find((pointer, place) => pointers.indexOf(pointer) !== place);
  if (twice !== undefined) throw invalid(`The part "parts" has the file "${twice}" twice.`);
  // What cannot go well is refused before the call begins.
  asAnnounced(first, heads, 0);
  return heads;
};

/** The part, when it is the file that was announced for this place, or there is neither. Throws `invalid_request`. */
const asAnnounced = (
  part: FormPart | undefined,
  heads: readonly FileHead[],
  place: number,
): FormPart | undefined => {
  const pointer = heads[place]?.pointer;
  if (part === undefined) {
    if (pointer === undefined) return undefined;
    throw invalid(`The file "${pointer.slice(1)}" was announced and did not come.`);
  }
  if (pointerOf(part.name) === pointer) return part;
  if (pointer !== undefined)
    throw invalid(`The part "${part.name}" came where "${pointer.slice(1)}" was announced.`);
  if (heads.some((head) => head.pointer === pointerOf(part.name)))
    throw invalid(`The part "${part.name}" came twice.`);
  throw invalid(
    `The part "${part.name}" was not announced. Send "input", "project" and, for several files, "parts" before the files.`,
  );
};

const headOf = ({ name, fileName, type }: FormPart): FileHead => ({
  pointer: pointerOf(name),
  name: safeFileName(fileName ?? name),
  type: safeMediaType(type),
});

/** A part is named by the path of its field, `pages/0`; with a slash before it where that is the name of another part. */
const pointerOf = (path: string): string => (path.startsWith("/") ? path : `/${path}`);

const filesOf = (
  parts: FormParts,
  first: FormPart,
  heads: readonly FileHead[],
  request: FastifyRequest,
): { files: CallFiles; received: Promise<void> } => {
  const { promise: received, resolve, reject } = Promise.withResolvers<void>();
  // Whoever reads the pieces hears of it as well, and may be the only one.
  received.catch(() => undefined);
  const reading = readFiles(parts, first, heads);
  const pieces = async function* (): AsyncGenerator<FilePiece> {
    try {
      yield* reading;
      resolve();
    } catch (error) {
      reject(error);
      skipRest(request);
      throw error;
    } finally {
      // Who reads no further has an answer already: what still comes is to be in order, too.
      void passOver(reading).then(resolve, reject);
    }
  };
  return { files: { heads, pieces: pieces() }, received };
};

const passOver = async (reading: AsyncIterable<FilePiece>): Promise<void> => {
  for await (const _ of reading);
};

const readFiles = (
  parts: FormParts,
  first: FormPart,
  heads: readonly FileHead[],
): AsyncIterable<FilePiece> => {
  const pieces = async function* (): AsyncGenerator<FilePiece> {
    let place = 0;
    let part = asAnnounced(first, heads, place);
    while (part !== undefined) {
      const size = heads[place]?.size;
      let bytes = 0;
      for await (const chunk of part.chunks(BODY_TIMEOUT_MS)) {
        bytes += chunk.length;
        if (size !== undefined && bytes > size) break;
        yield { bytes: chunk, ends: false };
      }
      if (size !== undefined && bytes !== size)
        throw invalid(`The file "${part.name}" has not the ${size} bytes that were announced.`);
      yield { bytes: NO_BYTES, ends: true };
      place += 1;
      part = asAnnounced(await parts.next(), heads, place);
    }
  };
  // One reader after the other, each where the last one stopped.
  const reading = pieces();
  return { [Symbol.asyncIterator]: () => ({ next: () => reading.next() }) };
};

const jsonOf = (name: string, text: string | undefined): unknown => {
  if (text === undefined) return undefined;
  const excess = excessOf(Buffer.from(text), { maxValues: MAX_JSON_VALUES, maxDepth: MAX_JSON_DEPTH });
  if (excess !== null)
    throw new PatchbayError("payload_too_large", `The part "${name}" has too many ${excess}.`);
  const parsed = parseJson(text);
  if (parsed.ok) return parsed.value;
  throw invalid(`The part "${name}" ${parsed.error}.`);
};

const digestOf = (content: unknown): string =>
  createHash("sha256").update(JSON.stringify(content)).digest("hex");

const invalid = (message: string): PatchbayError => new PatchbayError("invalid_request", message);
