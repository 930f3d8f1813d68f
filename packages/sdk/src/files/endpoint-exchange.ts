import { BYTES_TYPE, type EndpointMethod } from "@patchbay/protocol";
import type { EndpointAnswer, EndpointRequest } from "../endpoints.ts";
import { PluginError } from "../errors.ts";
import { bytesToSend, type FileToSend, fileToSend } from "./file-source.ts";

type Body = ReadableStream<Uint8Array<ArrayBuffer>>;

/** What the platform says of a request beside its body. */
export interface RequestFacts {
  readonly method: EndpointMethod;
  readonly url: string;
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  /** With its question mark, or empty. */
  readonly query: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly messageId?: string;
  /** A small body; a larger one comes as bytes. */
  readonly text?: string;
}

/** An answer, taken apart for its way out. */
export interface ExchangedAnswer {
  readonly head: {
    readonly status: number;
    readonly headers: readonly (readonly [name: string, value: string])[];
    /** A small body, which is a text; another one goes as bytes. */
    readonly text?: string;
  };
  readonly body?: FileToSend;
}

/** Units of a text that goes with its head; in bytes three times as many at the most. */
const SMALL_TEXT_LENGTH = 16 * 1024;
const HEAD = { pointer: "", name: "body", type: BYTES_TYPE };
const TEXT_TYPE = "text/plain;charset=UTF-8";

/** A request as the plugin gets it. What few look at is made when it is looked at. */
export class IncomingRequest implements EndpointRequest {
  readonly method: EndpointMethod;
  readonly url: string;
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly messageId: string | undefined;
  readonly #body: Body | undefined;
  readonly #facts: RequestFacts;
  #whole: Response | undefined;
  #query: URLSearchParams | undefined;
  #headers: Headers | undefined;

  constructor(facts: RequestFacts, body: Body | undefined) {
    this.method = facts.method;
    this.url = facts.url;
    this.path = facts.path;
    this.params = facts.params;
    this.messageId = facts.messageId;
    this.#body = body;
    this.#facts = facts;
  }

  get query(): URLSearchParams {
    this.#query ??= new URLSearchParams(this.#facts.query);
    return this.#query;
  }
  get headers(): Headers {
    this.#headers ??= new Headers(this.#facts.headers.map(([name, value]) => [name, value]));
    return this.#headers;
  }

  get body(): Body | null {
    return this.#response.body;
  }

  async bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return new Uint8Array(await this.#response.arrayBuffer());
  }

  async text(): Promise<string> {
    return await this.#response.text();
  }

  async json(): Promise<unknown> {
    return await this.#response.json();
  }

  /** It knows all ways in which a body is read, and that it is read once. */
  get #response(): Response {
    this.#whole ??= new Response(this.#body ?? this.#facts.text ?? null);
    return this.#whole;
  }
}

/** Throws `plugin_error` for what is no answer. */
export const exchangedAnswer = async (answer: unknown): Promise<ExchangedAnswer> => {
  if (typeof answer !== "object" || answer === null)
    throw noAnswer("Answer with a Response, or with { status, headers, body }.");
  const { status = 200, headers, body } = answer as EndpointAnswer;
  // Those of a Response are in their form already.
  const given = headers instanceof Headers ? headers : new Headers(headers);
  if (typeof body === "string" && !given.has("content-type")) given.set("content-type", TEXT_TYPE);
  const head = { status, headers: [...given] };
  if (body === undefined || body === null) return { head };
  if (typeof body === "string" && body.length <= SMALL_TEXT_LENGTH) return { head: { ...head, text: body } };
  if (!isReadable(body)) return { head, body: fileOf(body) };
  const begun = await beginningOf(body);
  return typeof begun === "string" ? { head: { ...head, text: begun } } : { head, body: begun };
};

/**
 * A stream that is all there is read at once: most answers are a small text. Of another one the first bytes have been waited for, and
 * nothing more.
 */
const beginningOf = async (stream: ReadableStream<unknown>): Promise<string | FileToSend> => {
  const reader = stream.getReader();
  const first = await reader.read();
  if (first.done) return "";
  const second = reader.read();
  const isEnded = await Promise.race([second.then(({ done }) => done), nextTurns().then(() => false)]);
  const { value } = first;
  if (isEnded && value instanceof Uint8Array && value.length <= SMALL_TEXT_LENGTH) {
    const text = textOf(value);
    if (text !== null) return text;
  }
  const come = [Promise.resolve(first), second];
  return bytesToSend(HEAD, async function* () {
    let isDone = false;
    try {
      for (;;) {
        const { done, value: chunk } = await (come.shift() ?? reader.read());
        isDone = done;
        if (done) return;
        yield chunk;
      }
    } finally {
      // Who stops before the end wants no more.
      if (!isDone) await reader.cancel().catch(() => undefined);
    }
  });
};

/** What has ended is known to have before this comes back. */
const nextTurns = async (): Promise<void> => {
  await null;
  await null;
  await null;
};

const textOf = (bytes: Uint8Array): string | null => {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
};

const isReadable = (body: object | string): body is ReadableStream<unknown> =>
  typeof (body as { getReader?: unknown }).getReader === "function";

const fileOf = (body: NonNullable<EndpointAnswer["body"]>): FileToSend => {
  const content = typeof body === "string" ? new TextEncoder().encode(body) : body;
  const file = fileToSend(content, HEAD);
  if (file === undefined)
    throw noAnswer("Its body is text, bytes, a Blob or a stream of bytes; make JSON with Response.json().");
  return file;
};

const noAnswer = (what: string) => new PluginError("plugin_error", `The endpoint's answer is none. ${what}`);
