/**
 * A file that came with a tool's input, in the field whose schema has `contentEncoding: "base64"` and a `contentMediaType`. Its bytes
 * arrive while they are read, and can be read once. With several files, read them in the order in which they are sent, or all at once:
 * what comes before the one that is read is held in the plugin's memory.
 */
export interface InputFile {
  /** Without a path, safe to save under. */
  readonly name: string;
  /** The media type that the caller named; nobody has looked whether it is true. */
  readonly type: string;
  /** In bytes; undefined when the caller did not say. */
  readonly size: number | undefined;
  /** The bytes as they arrive. Throws TypeError when the file was read before; so do the others. */
  stream(): ReadableStream<Uint8Array<ArrayBuffer>>;
  /** All of them, in memory. */
  bytes(): Promise<Uint8Array<ArrayBuffer>>;
  arrayBuffer(): Promise<ArrayBuffer>;
  /** All of them as UTF-8. */
  text(): Promise<string>;
}

/**
 * What a tool answers with in a field for a file: bytes, a stream of them, or anything with `stream()`, such as a `Blob`, a `File` or an
 * `InputFile`. A name and a type are those of the object, or else the field's.
 */
export type OutputFile =
  | ArrayBuffer
  | ArrayBufferView
  | ReadableStream<Uint8Array>
  | {
      readonly name?: string;
      readonly type?: string;
      /** In bytes, when it is known. Another number of bytes than this is a `plugin_error`. */
      readonly size?: number | undefined;
      stream(): ReadableStream<Uint8Array>;
    };
