import { BYTES_TYPE, type EndpointMethod } from "@patchbay/protocol";
import type { EndpointAnswer, EndpointRequest } from "../endpoints.ts";
import { PluginError } from "../errors.ts";
import { type FileToSend, fileToSend } from "./file-source.ts";

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
}

/** An answer, taken apart for its way out. */
export interface ExchangedAnswer {
  readonly head: {
    readonly status: number;
    readonly headers: readonly (readonly [name: string, value: string])[];
  };
  readonly body: FileToSend | undefined;
}

const TEXT_TYPE = "text/plain;charset=UTF-8";

/** A request as the plugin gets it. What few look at is made when it is looked at. */
export class IncomingRequest implements EndpointRequest {
  readonly method: EndpointMethod;
  readonly url: string;
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly messageId: string | undefined;
  readonly body: Body | null;
  readonly #facts: RequestFacts;
  #query: URLSearchParams | undefined;
  #headers: Headers | undefined;

  constructor(facts: RequestFacts, body: Body | undefined) {
    this.method = facts.method;
    this.url = facts.url;
    this.path = facts.path;
    this.params = facts.params;
    this.messageId = facts.messageId;
    this.body = body ?? null;
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

  async bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return new Uint8Array(await new Response(this.body).arrayBuffer());
  }

  async text(): Promise<string> {
    return await new Response(this.body).text();
  }

  async json(): Promise<unknown> {
    return await new Response(this.body).json();
  }
}

/** Throws `plugin_error` for what is no answer. */
export const exchangedAnswer = (answer: unknown): ExchangedAnswer => {
  if (typeof answer !== "object" || answer === null)
    throw noAnswer("Answer with a Response, or with { status, headers, body }.");
  const { status = 200, headers, body } = answer as EndpointAnswer;
  // Those of a Response are in their form already.
  const given = headers instanceof Headers ? headers : new Headers(headers);
  if (typeof body === "string" && !given.has("content-type")) given.set("content-type", TEXT_TYPE);
  return { head: { status, headers: [...given] }, body: bodyOf(body) };
};

const bodyOf = (body: EndpointAnswer["body"]): FileToSend | undefined => {
  if (body === undefined || body === null) return undefined;
  const content = typeof body === "string" ? new TextEncoder().encode(body) : body;
  const file = fileToSend(content, { pointer: "", name: "body", type: BYTES_TYPE });
  if (file === undefined)
    throw noAnswer("Its body is text, bytes, a Blob or a stream of bytes; make JSON with Response.json().");
  return file;
};

const noAnswer = (what: string) => new PluginError("plugin_error", `The endpoint's answer is none. ${what}`);
