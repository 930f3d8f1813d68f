import type { EndpointAuthentication, EndpointMethod } from "@patchbay/protocol";
import type { ToolContext } from "./tool-context.ts";

/** A request from outside, to an address that an administrator has made for the endpoint. */
export interface EndpointRequest {
  readonly method: EndpointMethod;
  /** As whoever sent it knows the address, with the query. */
  readonly url: string;
  /** Below the address, as it was sent: `/` or `/orders/a%20b`. */
  readonly path: string;
  /** What the parts of the path stand for, decoded; `*` is the rest, where the endpoint's path ends in it. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Without what is for the platform alone: cookies, `Authorization`, keys, and what proxies add. */
  readonly headers: Headers;
  /** The id of a signed message, which is delivered once; where that cannot be known, after a crash, a second time under the same id. */
  readonly messageId: string | undefined;
  /** The bytes as they arrive, which can be read once; null where there is none. The others read it to its end. */
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>> | null;
  bytes(): Promise<Uint8Array<ArrayBuffer>>;
  text(): Promise<string>;
  /** Throws SyntaxError for what is no JSON. */
  json(): Promise<unknown>;
}

/** An answer in parts: a `Response` says the same. */
export interface EndpointAnswer {
  /** From 200 to 599; 200 unless given. */
  readonly status?: number;
  readonly headers?: ConstructorParameters<typeof Headers>[0];
  readonly body?: string | ArrayBuffer | ArrayBufferView | Blob | ReadableStream<Uint8Array> | null;
}

/** What answers requests from outside. */
export interface EndpointDefinition {
  readonly title?: string;
  readonly description?: string;
  /** A HEAD is answered by GET, without the body, unless it is named. */
  readonly methods: readonly EndpointMethod[];
  /** Below the address: `/`, `/orders/{id}`, `/files/*`; every path unless given. */
  readonly path?: string;
  /** How whoever sends a request proves that they may: `none`, a `key` of the address, or a `signature` as Standard Webhooks has it. */
  readonly authentication: EndpointAuthentication;
  /**
   * Answers with what leaves as it is made: a stream is sent as it is read. Cookies, policies and other headers that act on the console's
   * address are left out. What it throws is a 502 without its message, which is in the endpoint's list of requests.
   */
  handle(
    request: EndpointRequest,
    context: ToolContext,
  ): Response | EndpointAnswer | Promise<Response | EndpointAnswer>;
}

/** An endpoint, with the types of what its `handle` gets. */
export const endpoint = (definition: EndpointDefinition): EndpointDefinition => definition;
