import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { discardFiles, type FilePiece, type FilesAnswer, inlined } from "@patchbay/core";
import { BYTES_TYPE, MAX_GATHERED_BYTES, PatchbayError } from "@patchbay/protocol";
import type { FastifyReply, FastifyRequest } from "fastify";
import { UNREAD_TIMEOUT_MS } from "../limits.ts";

const FORM = "multipart/form-data";
/** The part with the JSON. */
const JSON_PART = "output";
/** Bytes of an answer that wait for the client to read them. */
const WAITING_BYTES = 256 * 1024;

/**
 * Sends a value with files in the form that the client asks for: a form; the bytes of the only file; or else JSON with the files in base64.
 * Throws `answer_too_large` when that is too much for JSON, and `invalid_request` when bytes are asked for of not one file.
 */
export const sendFiles = async (
  request: FastifyRequest,
  reply: FastifyReply,
  answer: FilesAnswer,
): Promise<FastifyReply> => {
  const accepted = request.headers.accept ?? "";
  if (accepted.includes(FORM)) {
    const pieces = await begun(answer.files.pieces);
    const boundary = `patchbay-${randomBytes(12).toString("hex")}`;
    reply.type(`${FORM}; boundary=${boundary}`);
    return await sendBytes(
      reply,
      formOf({ value: answer.value, files: { heads: answer.files.heads, pieces } }, boundary),
    );
  }
  const [only, ...more] = answer.files.heads;
  if (accepted.includes(BYTES_TYPE)) {
    if (only === undefined || more.length > 0) {
      discardFiles(answer.files);
      throw new PatchbayError(
        "invalid_request",
        `The answer has ${answer.files.heads.length} files. Ask for them with \`Accept: ${FORM}\`.`,
        { status: 406 },
      );
    }
    const pieces = await begun(answer.files.pieces);
    // Never the type that the plugin says: nothing that it makes is to be shown by a browser.
    reply.type(BYTES_TYPE).header("content-disposition", `attachment; ${fileNameOf(only.name)}`);
    if (only.size !== undefined) reply.header("content-length", only.size);
    return await sendBytes(reply, bytesOf(pieces));
  }
  return await reply.send({ output: await inJson(answer) });
};

/** The value with its files as base64 in their places, for JSON. Throws `answer_too_large`. */
export const inJson = async (answer: FilesAnswer): Promise<unknown> =>
  await inlined(answer, { maxBytes: MAX_GATHERED_BYTES, advice: `Ask for them with \`Accept: ${FORM}\`.` });

/** The answer as a form: the JSON, then the files. */
const formOf = async function* (
  { value, files: { heads, pieces } }: FilesAnswer,
  boundary: string,
): AsyncGenerator<Uint8Array> {
  const json = JSON.stringify(value) ?? "null";
  yield Buffer.from(
    `--${boundary}\r\ncontent-disposition: form-data; name="${JSON_PART}"\r\ncontent-type: application/json\r\n\r\n${json}\r\n`,
  );
  let place = 0;
  let isOpen = false;
  for await (const { bytes, ends } of pieces) {
    const head = heads[place];
    if (!isOpen && head !== undefined) {
      const name = quoted(partName(head.pointer));
      yield Buffer.from(
        `--${boundary}\r\ncontent-disposition: form-data; name="${name}"; filename="${quoted(head.name)}"\r\ncontent-type: ${head.type}\r\n\r\n`,
      );
      isOpen = true;
    }
    if (bytes.length > 0) yield bytes;
    if (!ends) continue;
    yield Buffer.from("\r\n");
    isOpen = false;
    place += 1;
  }
  yield Buffer.from(`--${boundary}--\r\n`);
};

const bytesOf = async function* (pieces: AsyncIterable<FilePiece>): AsyncGenerator<Uint8Array> {
  for await (const { bytes } of pieces) if (bytes.length > 0) yield bytes;
};

/** The same pieces, of which the first one is there: what goes wrong before it is answered as any error. */
const begun = async (pieces: AsyncIterable<FilePiece>): Promise<AsyncGenerator<FilePiece>> => {
  const reading = pieces[Symbol.asyncIterator]();
  const first = await reading.next();
  return (async function* () {
    try {
      if (first.done === true) return;
      yield first.value;
      for (let next = await reading.next(); next.done !== true; next = await reading.next()) yield next.value;
    } finally {
      await reading.return?.();
    }
  })();
};

/** The bytes as they come, no faster than the client takes them. */
export const sendBytes = async (
  reply: FastifyReply,
  bytes: AsyncIterable<Uint8Array>,
): Promise<FastifyReply> =>
  await reply
    .header("x-accel-buffering", "no")
    .send(Readable.from(whileRead(reply, bytes), { objectMode: false, highWaterMark: WAITING_BYTES }));

/** The same bytes; the connection of a client that takes none of them for long is closed, since the plugin and others wait for it. */
const whileRead = async function* (
  { raw }: FastifyReply,
  bytes: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of bytes) {
    const timer = setTimeout(() => raw.destroy(), UNREAD_TIMEOUT_MS);
    try {
      yield chunk;
    } finally {
      clearTimeout(timer);
    }
  }
};

/**
 * The name of the part for a file: the path of its field, as in a call, with the slash before it where it would be the name of another
 * part; a slash alone for an answer that is a file itself.
 */
const partName = (pointer: string): string => {
  if (pointer === "") return "/";
  return pointer === `/${JSON_PART}` ? pointer : pointer.slice(1);
};

/** As browsers write and read it. */
const quoted = (name: string): string =>
  name.replaceAll('"', "%22").replaceAll("\r", "%0D").replaceAll("\n", "%0A");

/** For those who know only ASCII, and for the others. */
const fileNameOf = (name: string): string =>
  `filename="${name.replaceAll(/[^\x20-\x7e]|["\\%]/g, "_")}"; filename*=UTF-8''${encodeURIComponent(name).replaceAll(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)}`;
