import { PatchbayError } from "@patchbay/protocol";
import { readEvents, type ServerEvent } from "./events.ts";
import { noPatchbay, problemFrom, unreachable } from "./failure.ts";

export interface ClientOptions {
  /** The server, such as `http://127.0.0.1:4700`; in a browser that of the page. With a path where the server has one. */
  readonly url: string;
  /** Without one the browser's session cookie says who asks. */
  readonly apiKey?: string;
  /** The organization's slug; `default` unless told. */
  readonly organization?: string;
  /** Aborting it ends every request of this client, which then throws `cancelled`. */
  readonly signal?: AbortSignal;
}

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

export interface RequestParts {
  readonly query?: Query;
  /** JSON, unless it is a form. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** The revision that a change was made from: it is refused with `revision_changed` when that is no longer there. */
  readonly seen?: string | undefined;
  /** Hears how many bytes of a form have left so far. */
  readonly onSent?: (bytes: number) => void;
  readonly signal?: AbortSignal;
}

/** What was read, with the name of its state for whoever changes it. */
export type Revised<T> = T & {
  /** To be sent with the change. Absent where something between here and the server has dropped it. */
  readonly revision?: string;
};

/** A page of a list. `cursor` leads to the next one and is absent on the last. */
export interface Page<T> {
  readonly items: T[];
  readonly cursor?: string;
}

export interface PageQuery {
  readonly limit?: number;
  readonly cursor?: string;
}

/** Sends requests. Throws `PatchbayError` with the server's code and message, `unavailable` when no server answers, or `cancelled`. */
export class Transport {
  readonly options: ClientOptions;

  constructor(options: ClientOptions) {
    this.options = options;
  }

  /** The address below which everything of the organization lies. */
  get organization(): string {
    return `/api/orgs/${encodeURIComponent(this.options.organization ?? "default")}`;
  }

  url(path: string, query: Query = {}): URL {
    const url = new URL(`${this.options.url.replace(/\/+$/, "")}${path}`);
    for (const [name, value] of Object.entries(query))
      if (value !== undefined) url.searchParams.set(name, String(value));
    return url;
  }

  async json<T>(method: string, path: string, parts?: RequestParts): Promise<T> {
    const response = await this.send(method, path, parts);
    return (await response.json().catch(() => {
      throw noPatchbay(response);
    })) as T;
  }

  /** JSON of something that several people change. */
  async revised<T extends object>(method: string, path: string, parts?: RequestParts): Promise<Revised<T>> {
    const response = await this.send(method, path, parts);
    const revision = response.headers.get("etag");
    const state = (await response.json().catch(() => {
      throw noPatchbay(response);
    })) as T;
    return revision === null ? state : { ...state, revision };
  }

  /** The items of a list that comes in one page. */
  async items<T>(path: string, query?: Query): Promise<T[]> {
    return (await this.json<Page<T>>("GET", path, query && { query })).items;
  }

  async text(path: string): Promise<string> {
    return await (await this.send("GET", path)).text();
  }

  /** For answers without content. */
  async nothing(method: string, path: string, parts?: RequestParts): Promise<void> {
    await this.send(method, path, parts);
  }

  /** The events of an answer, until it ends. */
  async *events(
    method: string,
    path: string,
    { onOpen, ...parts }: RequestParts & { readonly onOpen?: () => void } = {},
  ): AsyncGenerator<ServerEvent> {
    const headers = { ...parts.headers, accept: "text/event-stream" };
    const response = await this.send(method, path, { ...parts, headers });
    onOpen?.();
    yield* readEvents(response);
  }

  async send(method: string, path: string, parts: RequestParts = {}): Promise<Response> {
    const { apiKey, url } = this.options;
    const signals = [this.options.signal, parts.signal].filter((signal) => signal !== undefined);
    const signal = signals.length > 0 ? AbortSignal.any(signals) : null;
    const body = encode(parts);
    const response = await fetch(this.url(path, parts.query), {
      method,
      headers: {
        ...(apiKey !== undefined && { authorization: `Bearer ${apiKey}` }),
        ...body.headers,
        ...(parts.seen !== undefined && { "if-match": quoted(parts.seen) }),
        ...parts.headers,
      },
      credentials: apiKey === undefined ? "same-origin" : "omit",
      signal,
      ...body.init,
    }).catch((error: unknown) => {
      if (signal?.aborted === true) throw cancelled(error);
      throw unreachable(url, error);
    });
    if (response.ok) return response;
    throw await problemFrom(response);
  }
}

interface EncodedBody {
  readonly headers: Record<string, string>;
  readonly init: RequestInit;
}

const encode = ({ body, onSent }: RequestParts): EncodedBody => {
  if (body === undefined) return { headers: {}, init: {} };
  if (!(body instanceof FormData))
    return { headers: { "content-type": "application/json" }, init: { body: JSON.stringify(body) } };
  if (onSent === undefined) return { headers: {}, init: { body } };
  const { headers, body: bytes } = new Response(body);
  let sent = 0;
  const counted = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      sent += chunk.length;
      onSent(sent);
      controller.enqueue(chunk);
    },
  });
  return {
    headers: { "content-type": headers.get("content-type") ?? "" },
    // Fetch wants it said that the answer is read only after the body has left.
    init: { body: bytes?.pipeThrough(counted) ?? null, duplex: "half" } as RequestInit,
  };
};

const cancelled = (cause: unknown) =>
  new PatchbayError("cancelled", "The request was given up before its answer came.", { cause });

/** A revision as `If-Match` names it, whether it was read in a header or in a body. */
const quoted = (seen: string): string => (/^(W\/)?"/.test(seen) ? seen : `"${seen}"`);
