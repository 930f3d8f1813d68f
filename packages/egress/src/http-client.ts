import type { LookupFunction } from "node:net";
import type { Readable } from "node:stream";
import type { Dispatcher } from "undici";
import { AddressRules, isLiteral, type Lookup, lookupAll, lookupWith } from "./addresses.ts";
import { decoded } from "./body.ts";
import { codingsOf, OWN_CODINGS } from "./codings.ts";
import { Connections } from "./connections.ts";
import { MAX_OWN_CONNECTIONS } from "./limits.ts";
import { isLoopbackHost, NO_PROXIES, type ProxySettings } from "./proxies.ts";

export interface HttpClientOptions {
  readonly proxies?: ProxySettings;
  /** Host names, `*.name`, addresses and CIDR ranges to which `public` requests may go although they are not public. */
  readonly allowPrivate?: readonly string[];
  /** How names become addresses; the system's resolver unless given. */
  readonly lookup?: Lookup;
}

export interface HttpRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | null;
  readonly signal: AbortSignal;
  /** Whether only public addresses will do: for addresses that another server gave. The operator's own may be anywhere. */
  readonly onlyPublic?: boolean;
}

export interface HttpAnswer {
  readonly status: number;
  readonly statusText: string;
  readonly headers: Headers;
  /** Decoded; must be read to its end or destroyed. */
  readonly body: Readable;
}

/** How long a server may be silent at most; whoever asks has a bound of its own, by its signal. */
const SILENCE_MS = 300_000;
const DESCRIBES_CODED_BODY = ["content-encoding", "content-length"];

/**
 * Requests of the server itself: to marketplaces, GitHub, sign-in providers. Redirects are not followed, cookies not kept; proxies
 * of the environment are used.
 */
export class HttpClient {
  readonly #anywhere: Connections;
  readonly #public: Connections;
  readonly #addresses: AddressRules;
  readonly #lookup: Lookup;

  constructor({ proxies = NO_PROXIES, allowPrivate = [], lookup = lookupAll }: HttpClientOptions = {}) {
    const common = { proxies, connections: MAX_OWN_CONNECTIONS, timeoutMs: SILENCE_MS };
    this.#lookup = lookup;
    this.#addresses = new AddressRules(allowPrivate);
    this.#anywhere = new Connections({ ...common, lookup: everywhere(lookup) });
    this.#public = new Connections({ ...common, lookup: lookupWith(this.#addresses, lookup) });
  }

  /** Throws what the connection throws, `fetch_refused` for an address that is not public, or the reason of the signal. */
  async request(url: URL, request: HttpRequest): Promise<HttpAnswer> {
    const { dispatcher, proxy } = (request.onlyPublic ? this.#public : this.#anywhere).to(url);
    if (request.onlyPublic && proxy !== null) await this.#addresses.throughProxy(url.hostname, this.#lookup);
    else if (request.onlyPublic && isLiteral(url.hostname)) this.#addresses.requireReachable(url.hostname);
    const answer = await dispatcher.request({
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method: (request.method ?? "GET") as Dispatcher.HttpMethod,
      headers: { "accept-encoding": OWN_CODINGS, ...request.headers },
      body: request.body ?? null,
      signal: request.signal,
    });
    // Destroying a body is an error to itself; whoever reads it hears of all others.
    answer.body.on("error", () => undefined);
    return decodedAnswer(answer);
  }

  /** Whether the operator has named `hostname` as one of the own network: this machine, an address, or an exception. */
  isOwnNetwork(hostname: string): boolean {
    return isLoopbackHost(hostname) || this.#addresses.isExcepted(hostname);
  }

  /** Breaks off all connections. */
  async close(): Promise<void> {
    await Promise.all([this.#anywhere.close(), this.#public.close()]);
  }
}

const decodedAnswer = (answer: Dispatcher.ResponseData): HttpAnswer => {
  const headers = new Headers();
  for (const [name, value] of Object.entries(answer.headers))
    for (const one of [value ?? []].flat()) headers.append(name, one);
  const codings = codingsOf(headers.get("content-encoding") ?? undefined);
  if (codings === undefined || codings.some((coding) => !OWN_CODINGS.includes(coding.replace("x-", "")))) {
    answer.body.destroy();
    throw new Error(`answered in the coding "${headers.get("content-encoding")}", for which nobody asked`);
  }
  const body = decoded(answer.body, codings);
  if (codings.length > 0) for (const name of DESCRIBES_CODED_BODY) headers.delete(name);
  return { status: answer.statusCode, statusText: answer.statusText, headers, body };
};

const everywhere =
  (lookup: Lookup): LookupFunction =>
  (hostname, options, callback) => {
    lookup(hostname).then(
      (found) => {
        if (options.all) callback(null, [...found]);
        else callback(null, found[0]?.address ?? "", found[0]?.family);
      },
      (error: NodeJS.ErrnoException) => callback(error, ""),
    );
  };
