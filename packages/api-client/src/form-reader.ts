import { PatchbayError } from "@patchbay/protocol";

/** One part of a form that is read as it comes. */
export interface ReadPart {
  readonly name: string;
  /** Absent for what is no file. */
  readonly fileName?: string;
  readonly type: string;
  /** Its bytes, to be read before the next part. What is not read is passed over. */
  readonly bytes: AsyncIterable<Uint8Array<ArrayBuffer>>;
}

const CR = 13;
const encoder = new TextEncoder();
const decoder = new TextDecoder();
/** The headers of one part. */
const MAX_HEADER_BYTES = 16 * 1024;

/** The parts of an answer of the type `multipart/form-data`, without more of it in memory than one piece. */
export async function* readForm(response: Response): AsyncGenerator<ReadPart> {
  const boundary = /boundary="?([^";]+)"?/.exec(response.headers.get("content-type") ?? "")?.[1];
  if (boundary === undefined || response.body === null) throw brokenOff();
  // The first boundary has no line before it; with one, all are alike.
  const source = new Cutter(
    response.body.getReader(),
    encoder.encode(`\r\n--${boundary}`),
    encoder.encode("\r\n"),
  );
  try {
    for await (const _ of source.untilBoundary());
    while (!(await source.isEnd())) {
      const part = partOf(await source.header(), source.untilBoundary());
      yield part;
      for await (const _ of part.bytes);
    }
  } finally {
    await source.close();
  }
}

const partOf = (header: string, bytes: AsyncGenerator<Uint8Array<ArrayBuffer>>): ReadPart => {
  const [, name = ""] = /[; ]name="([^"]*)"/i.exec(header) ?? [];
  const [, fileName] = /[; ]filename="([^"]*)"/i.exec(header) ?? [];
  const [, type = "text/plain"] = /^content-type: *(.+)$/im.exec(header) ?? [];
  return {
    name: unquoted(name),
    ...(fileName !== undefined && { fileName: unquoted(fileName) }),
    type: type.trim(),
    bytes,
  };
};

const unquoted = (text: string): string =>
  text.replaceAll("%0D", "\r").replaceAll("%0A", "\n").replaceAll("%22", '"');

/** Cuts bytes that come piece by piece at the form's boundary. */
class Cutter {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>;
  readonly #boundary: Uint8Array;
  #rest: Uint8Array<ArrayBuffer>;

  constructor(
    reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>,
    boundary: Uint8Array,
    begin: Uint8Array<ArrayBuffer>,
  ) {
    this.#reader = reader;
    this.#boundary = boundary;
    this.#rest = begin;
  }

  /** The bytes up to the next boundary, which is taken away. */
  async *untilBoundary(): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    for (;;) {
      const { at, isWhole } = this.#find();
      if (at > 0) yield this.#take(at);
      if (isWhole) {
        this.#take(this.#boundary.length);
        return;
      }
      await this.#more();
    }
  }

  /** Whether the boundary that was just passed is the last one. Otherwise its line is passed over. */
  async isEnd(): Promise<boolean> {
    while (this.#rest.length < 2) await this.#more();
    return decoder.decode(this.#take(2)) === "--";
  }

  async header(): Promise<string> {
    for (;;) {
      const text = decoder.decode(this.#rest);
      const end = text.indexOf("\r\n\r\n");
      if (end >= 0) {
        this.#take(encoder.encode(text.slice(0, end)).length + 4);
        return text.slice(0, end);
      }
      if (this.#rest.length > MAX_HEADER_BYTES) throw brokenOff();
      await this.#more();
    }
  }

  async close(): Promise<void> {
    // It may have failed already, which its reader has heard.
    await this.#reader.cancel().catch(() => undefined);
  }

  /** Where the boundary is, or may begin with what has not come yet; or how much there is without it. */
  #find(): { readonly at: number; readonly isWhole: boolean } {
    const [bytes, boundary] = [this.#rest, this.#boundary];
    for (let at = bytes.indexOf(CR); at >= 0; at = bytes.indexOf(CR, at + 1)) {
      let matching = 1;
      while (matching < boundary.length && bytes[at + matching] === boundary[matching]) matching++;
      if (matching === boundary.length) return { at, isWhole: true };
      if (at + matching === bytes.length) return { at, isWhole: false };
    }
    return { at: bytes.length, isWhole: false };
  }

  #take(length: number): Uint8Array<ArrayBuffer> {
    const taken = this.#rest.subarray(0, length);
    this.#rest = this.#rest.subarray(length);
    return taken;
  }

  async #more(): Promise<void> {
    const { done, value } = await this.#reader.read();
    if (done) throw brokenOff();
    if (this.#rest.length === 0) this.#rest = value;
    else {
      const joined = new Uint8Array(this.#rest.length + value.length);
      joined.set(this.#rest);
      joined.set(value, this.#rest.length);
      this.#rest = joined;
    }
  }
}

const brokenOff = () => new PatchbayError("unavailable", "The answer broke off before it was complete.");
