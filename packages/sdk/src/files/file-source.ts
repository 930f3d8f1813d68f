import { BODY_CHUNK_BYTES, type FileHead } from "@patchbay/protocol";
import { PluginError } from "../errors.ts";
import type { InputFile, OutputFile } from "./tool-file.ts";

/** A file on its way into a plugin. */
export interface FileSource {
  readonly head: FileHead;
  readonly readable: ReadableStream<Uint8Array<ArrayBuffer>>;
}

/** A file on its way out of a plugin. */
export interface FileToSend {
  readonly head: FileHead;
  /** In pieces of at most `BODY_CHUNK_BYTES`. Throws `plugin_error` for what are no bytes, or not as many as was said. */
  readonly bytes: AsyncIterable<Uint8Array<ArrayBuffer>>;
}

/** What the plugin gets in the file's place. */
export const inputFile = ({ head, readable }: FileSource): InputFile => {
  const { name, type, size } = head;
  let isRead = false;
  const stream = () => {
    if (isRead) throw new TypeError(`The file "${name}" was read before; its bytes come once. Keep them.`);
    isRead = true;
    return readable;
  };
  const whole = () => new Response(stream());
  return Object.freeze<InputFile>({
    name,
    type,
    size,
    stream,
    bytes: async () => new Uint8Array(await whole().arrayBuffer()),
    arrayBuffer: async () => await whole().arrayBuffer(),
    text: async () => await whole().text(),
  });
};

/** A file of chunks that `open` gives, whatever they are. */
export const bytesToSend = (head: FileHead, open: () => AsyncIterable<unknown>): FileToSend => ({
  head,
  bytes: pieces(head, open),
});

/** The file that a value stands for; undefined for a value that is none. `field` is what it is called when it has no name of its own. */
export const fileToSend = (
  value: unknown,
  { pointer, ...field }: Omit<FileHead, "size">,
): FileToSend | undefined => {
  const given = asContent(value);
  if (given === undefined) return undefined;
  const { name, type, size, open } = given;
  const head: FileHead = {
    pointer,
    name: typeof name === "string" && name !== "" ? name.slice(0, 255) : field.name,
    type: typeof type === "string" && type !== "" ? type.slice(0, 255) : field.type,
    ...(typeof size === "number" && Number.isSafeInteger(size) && size >= 0 && { size }),
  };
  return { head, bytes: pieces(head, open) };
};

interface Content {
  readonly name?: unknown;
  readonly type?: unknown;
  readonly size?: unknown;
  readonly open: () => AsyncIterable<unknown> | readonly Uint8Array[];
}

const asContent = (value: unknown): Content | undefined => {
  if (typeof value === "string") return fromBase64(value);
  if (typeof value !== "object" || value === null) return undefined;
  const bytes = bytesOf(value);
  if (bytes !== undefined) return { size: bytes.length, open: () => [bytes] };
  if (isReadable(value)) return { open: () => read(value) };
  const { name, type, size, stream } = value as Exclude<
    OutputFile,
    ArrayBuffer | ArrayBufferView | ReadableStream
  >;
  if (typeof stream !== "function") return undefined;
  return { name, type, size, open: () => read(stream.call(value)) };
};

const bytesOf = (value: object): Uint8Array | undefined => {
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  return Object.prototype.toString.call(value) === "[object ArrayBuffer]"
    ? new Uint8Array(value as ArrayBuffer)
    : undefined;
};

const isReadable = (value: unknown): value is ReadableStream<unknown> =>
  typeof (value as { getReader?: unknown } | null)?.getReader === "function";

const read = async function* (stream: ReadableStream<unknown>): AsyncGenerator<unknown> {
  const reader = stream.getReader();
  let isDone = false;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      isDone = done;
      if (done) return;
      yield value;
    }
  } finally {
    // Who stops before the end wants no more; its error was told already.
    if (!isDone) await reader.cancel().catch(() => undefined);
  }
};

const pieces = async function* (
  { pointer, size }: FileHead,
  open: Content["open"],
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  let sent = 0;
  const refuse = (what: string) =>
    new PluginError("plugin_error", `The file at "${pointer}" of the answer ${what}.`);
  for await (const chunk of open()) {
    const bytes = typeof chunk === "object" && chunk !== null ? bytesOf(chunk) : undefined;
    if (bytes === undefined) throw refuse("is a stream of something else than bytes");
    sent += bytes.length;
    if (size !== undefined && sent > size) throw refuse(`has more than the ${size} bytes that it said`);
    for (let offset = 0; offset < bytes.length; offset += BODY_CHUNK_BYTES)
      yield bytes.subarray(offset, offset + BODY_CHUNK_BYTES) as Uint8Array<ArrayBuffer>;
  }
  if (size !== undefined && sent < size) throw refuse(`has ${sent} bytes and not the ${size} that it said`);
};

/** The content of a text in base64; undefined for a text that is none. */
export const fromBase64 = (
  text: string,
): (Content & { readonly bytes: Uint8Array<ArrayBuffer> }) | undefined => {
  let binary: string;
  try {
    binary = atob(text);
  } catch {
    return undefined;
  }
  const bytes = new Uint8Array(binary.length);
  for (let place = 0; place < binary.length; place++) bytes[place] = binary.charCodeAt(place);
  return { bytes, size: bytes.length, open: () => [bytes] };
};
