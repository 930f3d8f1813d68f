import type { Egress, EgressAllowance, EgressRequest, EgressRules } from "@patchbay/core";
import {
  FETCH_DEADLINE_SECONDS,
  type FetchHead,
  MAX_FETCH_REDIRECTS,
  MAX_FETCH_REQUEST_BYTES,
  MAX_FETCH_RESPONSE_BYTES,
  PatchbayError,
} from "@patchbay/protocol";
import type { Dispatcher } from "undici";
import { AddressRules, isLiteral, type Lookup, lookupAll, lookupWith } from "./addresses.ts";
import { type Arriving, sendRequest } from "./arriving.ts";
import { decodedPieces, Pieces, tooLarge } from "./body.ts";
import { ACCEPTED_CODINGS, codingsOf, hasLargeWindow } from "./codings.ts";
import { Deadline } from "./deadline.ts";
import { firstHop, type Hop, isRedirect, nextHop } from "./hop.ts";
import { MAX_FETCHES_AT_ONCE, MAX_MASKED_BYTES } from "./limits.ts";
import { isLoopbackHost, NO_PROXIES, type ProxySettings, proxyFor } from "./proxies.ts";
import { placeOfHop, SecretFiller } from "./secrets.ts";
import { type Owner, type Share, Shares } from "./shares.ts";

export interface EgressOptions {
  /** Host names, `*.name`, addresses and CIDR ranges that plugins may reach although they are not public. */
  readonly allowPrivate?: readonly string[];
  readonly proxies?: ProxySettings;
  /** How names become addresses; the system's resolver unless given. */
  readonly lookup?: Lookup;
  /** From the first byte out to the last byte in, in milliseconds. */
  readonly deadlineMs?: number;
}

export interface ClosableEgress extends Egress {
  /** Breaks off all connections. */
  close(): Promise<void>;
}

type Head = readonly (readonly [string, string])[];

/** Belong to the connection, or describe the body as it was before the host decoded it. */
const DROPPED_FROM_ANSWER = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);
const DESCRIBES_CODED_BODY = new Set(["content-encoding", "content-length"]);
/** What JavaScript's `Response` takes for a status text no more than a header's value: characters of two bytes. */
const NO_BYTE = /[^\t\x20-\x7e\x80-\xff]/g;

/**
 * The way out of plugins. Names are resolved here, only allowed addresses are connected to, and the address that was checked is the
 * one that is used; every redirect goes through all checks again. Through a proxy of the environment it is the proxy that resolves
 * names: those that lead into the own network here are refused, and the rest is the proxy's to refuse. Each installation has
 * connections of its own and a bound on what it has under way. Cookies are not kept (`set-cookie` reaches the plugin as any other
 * header).
 */
export const createEgress = (options: EgressOptions = {}): ClosableEgress => {
  const addresses = new AddressRules(options.allowPrivate ?? []);
  const lookup = options.lookup ?? lookupAll;
  const deadlineMs = options.deadlineMs ?? FETCH_DEADLINE_SECONDS * 1000;
  const proxies = options.proxies ?? NO_PROXIES;
  const shares = new Shares({
    proxies,
    lookup: lookupWith(addresses, lookup),
    timeoutMs: deadlineMs,
  });
  const sendBy =
    (
      { connections }: Share,
      signal: AbortSignal,
      allowance: EgressAllowance | undefined,
      { local = [] }: EgressRules,
    ): Send =>
    async (hop, filler) => {
      const { dispatcher, proxy } = connections.to(hop.url);
      // Literal addresses are connected to without a lookup.
      if (isLiteral(hop.url.hostname)) {
        if (!isLocal(hop.url, local)) addresses.requireReachable(hop.url.hostname);
      } else if (proxy !== null) await addresses.throughProxy(hop.url.hostname, lookup);
      const request = wireRequest(hop, filler, allowance === undefined);
      const timeouts = allowance && { headersTimeout: allowance.totalMs, bodyTimeout: allowance.totalMs };
      return await sendRequest(dispatcher, { ...request, ...timeouts }, signal);
    };
  return {
    close: () => shares.close(),
    fetch: async (request, rules) => {
      const { allowance } = request;
      const totalMs = allowance?.totalMs ?? deadlineMs;
      const deadline = new Deadline(request.signal, totalMs);
      const { signal } = deadline;
      const explain = explainFor(request, totalMs, proxies);
      let release: (() => void) | undefined;
      try {
        const entered = await shares.enter(ownerOf(request, rules), request.body?.length ?? 0, signal);
        release = () => {
          deadline.end();
          entered.release();
        };
        const found = await follow(request, rules, sendBy(entered.share, signal, allowance, rules));
        return await finished(found, entered.share, {
          signal,
          explain,
          release,
          maxErrorBytes: allowance === undefined ? Number.POSITIVE_INFINITY : MAX_MASKED_BYTES,
        });
      } catch (error) {
        release?.();
        deadline.end();
        throw explain(error);
      }
    },
  };
};

/** Whether a URL is at one of these origins of this machine. */
const isLocal = ({ hostname, origin }: URL, local: readonly string[]): boolean =>
  isLoopbackHost(hostname) && local.includes(origin);

/** What the host sends in a plugin's stead has a share of its own. */
const ownerOf = ({ allowance }: EgressRequest, { owner }: EgressRules): Owner =>
  allowance === undefined
    ? { name: owner, atOnce: MAX_FETCHES_AT_ONCE, fault: "fetch_too_large" }
    : { name: `${owner} ${allowance.share}`, atOnce: allowance.atOnce, fault: "overloaded" };

type Send = (hop: Hop, filler: SecretFiller) => Promise<Arriving>;

interface Found {
  readonly hop: Hop;
  readonly answer: Arriving;
  readonly filler: SecretFiller;
  readonly redirected: boolean;
}

/** Sends a request, and those that its redirects ask for. */
const follow = async (request: EgressRequest, rules: EgressRules, send: Send): Promise<Found> => {
  if (request.body !== null && request.body.length > MAX_FETCH_REQUEST_BYTES)
    throw new PatchbayError("fetch_too_large", `A request's body may have ${MAX_FETCH_REQUEST_BYTES} bytes.`);
  let hop = firstHop(request);
  for (let redirects = 0; ; redirects++) {
    rules.check(hop.url.hostname, hop.method);
    const filler = new SecretFiller(secretsFor(hop, rules));
    const answer = await send(hop, filler);
    const location = single(answer.headers.location);
    if (request.redirect === "manual" || !isRedirect(answer.statusCode, location))
      return { hop, answer, filler, redirected: redirects > 0 };
    answer.body.leave();
    if (request.redirect === "error")
      throw new PatchbayError("fetch_failed", "The server redirects, and the request said not to follow.");
    if (redirects === MAX_FETCH_REDIRECTS)
      throw new PatchbayError(
        "fetch_failed",
        `The server redirected more than ${MAX_FETCH_REDIRECTS} times.`,
      );
    // A server that puts a secret into the new address does not thereby send it to another host.
    hop = nextHop(hop, answer.statusCode, filler.mask(location));
  }
};

const secretsFor = (hop: Hop, rules: EgressRules): EgressRules["secrets"] => ({
  pattern: rules.secrets.pattern,
  reveal: (placeholder, place) => {
    if (!hop.isDowngraded) return rules.secrets.reveal(placeholder, place);
    throw new PatchbayError(
      "secret_refused",
      `A redirect leads from https to http; no secret is sent to ${place.host} so.`,
    );
  },
});

/** What servers are told unless the plugin says something else. */
const DEFAULT_HEADERS = [
  ["accept", "*/*"],
  ["accept-encoding", ACCEPTED_CODINGS],
  ["user-agent", "Patchbay"],
] as const;

const wireRequest = (hop: Hop, filler: SecretFiller, fillsBody: boolean) => {
  const place = placeOfHop(hop.url);
  const url = filler.url(hop.url);
  // Without a prototype, since any name may be given, and as often as its sender likes.
  const headers = Object.create(null) as Record<string, string | string[]>;
  const missing = new Map<string, string>(DEFAULT_HEADERS);
  let contentType: string | undefined;
  for (const [name, value] of hop.headers) {
    const lower = name.toLowerCase();
    missing.delete(lower);
    if (lower === "content-type") contentType ??= value;
    const filled = filler.header(name, value, place);
    const there = headers[name];
    headers[name] = there === undefined ? filled : [there, filled].flat();
  }
  for (const [name, value] of missing) headers[name] = value;
  return {
    origin: url.origin,
    path: `${url.pathname}${url.search}`,
    method: hop.method as Dispatcher.HttpMethod,
    headers,
    body: hop.body === null || !fillsBody ? hop.body : filler.body(hop.body, contentType ?? "", place),
  };
};

interface Ending {
  readonly signal: AbortSignal;
  readonly explain: (error: unknown) => Error;
  /** Gives the place of the request up; called when the last byte was read or the body is left. */
  readonly release: () => void;
  /** So many bytes of what the server says in an error are told. */
  readonly maxErrorBytes: number;
}

const finished = async (
  { hop, answer, filler, redirected }: Found,
  share: Share,
  { signal, explain, release, maxErrorBytes }: Ending,
): Promise<{ head: FetchHead; body: AsyncIterable<Uint8Array> }> => {
  const codings = hop.method === "HEAD" ? [] : codingsOf(single(answer.headers["content-encoding"]));
  requireFitting(hop, answer, codings);
  const isDecoded = codings !== undefined && codings.length > 0;
  const isMasked =
    !isSuccess(answer.statusCode) && (filler.longest > 0 || maxErrorBytes < Number.POSITIVE_INFINITY);
  const head = {
    status: answer.statusCode,
    statusText: filler.mask(answer.statusText).replace(NO_BYTE, "?"),
    headers: headersOf(answer, { isDecoded, isMasked }, filler),
    url: hop.url.href,
    redirected,
  };
  const windows = (codings ?? []).filter(hasLargeWindow).length;
  const places = await takeAll(share, windows, signal);
  const close = () => {
    for (const give of places) give();
    release();
  };
  const read = isDecoded
    ? decodedPieces(answer.body, codings, { explain, close, signal })
    : new Pieces(answer.body, { explain, close });
  return { head, body: isMasked ? masked(read, filler, maxErrorBytes) : read };
};

const isSuccess = (status: number): boolean => status >= 200 && status < 300;

/** The text of an error, without secrets that the server quotes: whoever is told of it need not know them. Bytes that are no text stay as they are. */
const masked = async function* (
  body: AsyncIterable<Uint8Array>,
  filler: SecretFiller,
  maxBytes: number,
): AsyncGenerator<Uint8Array> {
  const { longest } = filler;
  /** A secret may begin in one piece and end in the next one. */
  let held = "";
  let left = maxBytes;
  for await (const chunk of body) {
    const piece = chunk.subarray(0, Math.min(left, chunk.length));
    left -= piece.length;
    held = filler.maskBytes(held + Buffer.from(piece).toString("latin1"));
    if (left === 0) break;
    const ready = held.length - longest;
    if (ready <= 0) continue;
    yield Buffer.from(held.slice(0, ready), "latin1");
    held = held.slice(ready);
  }
  if (held !== "") yield Buffer.from(held, "latin1");
};

/** Throws `fetch_too_large` when a body says by itself that it is. */
const requireFitting = (
  hop: Hop,
  { headers, body }: Arriving,
  codings: readonly unknown[] | undefined,
): void => {
  if (codings?.length !== 0 || hop.method === "HEAD") return;
  if (!(Number(single(headers["content-length"])) > MAX_FETCH_RESPONSE_BYTES)) return;
  body.leave();
  throw tooLarge();
};

/** A place for every decoder with a large window, one after the other. */
const takeAll = async ({ windows }: Share, count: number, signal: AbortSignal): Promise<(() => void)[]> => {
  const places: (() => void)[] = [];
  try {
    for (let taken = 0; taken < count; taken++) places.push(await windows.take(signal));
    return places;
  } catch (error) {
    for (const give of places) give();
    throw error;
  }
};

const headersOf = (
  answer: Arriving,
  { isDecoded, isMasked }: { readonly isDecoded: boolean; readonly isMasked: boolean },
  filler: SecretFiller,
): Head => {
  const head: (readonly [string, string])[] = [];
  for (const [name, value = []] of Object.entries(answer.headers)) {
    if (DROPPED_FROM_ANSWER.has(name) || (isDecoded && DESCRIBES_CODED_BODY.has(name))) continue;
    if (isMasked && name === "content-length") continue;
    if (typeof value === "string") head.push([name, filler.mask(value)]);
    else for (const one of value) head.push([name, filler.mask(one)]);
  }
  return head;
};

const single = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value[0] : value;

/** What the plugin gets to hear. Texts of libraries may quote what was sent, so they are not passed on. */
const explainFor =
  ({ signal, url }: EgressRequest, deadlineMs: number, proxies: ProxySettings) =>
  (error: unknown): Error => {
    const known = causes(error).find((one) => one instanceof PatchbayError);
    if (known !== undefined) return known;
    if (signal.aborted) return new PatchbayError("cancelled", "The request was given up.");
    if (error instanceof Error && error.name === "TimeoutError")
      return new PatchbayError(
        "deadline_exceeded",
        `The remote server took longer than ${deadlineMs / 1000} s.`,
      );
    const code = causes(error)
      .map(({ code, name }) => (name === "HTTPParserError" ? "HPE_" : code))
      .find((one) => typeof one === "string");
    const address = URL.parse(url);
    const proxy = address === null ? null : proxyFor(address, proxies);
    const way = proxy === null ? "" : ` through the proxy ${proxy.host}`;
    return new PatchbayError(
      "fetch_failed",
      `${address?.host ?? "The server"} could not be reached${way} or broke off (${detailOf(code)}).`,
      {
        cause: error,
      },
    );
  };

/** Codes of the system say what they mean; those of the library that sends are nobody's business. */
const LIBRARY_CODE = /^(?:UND_ERR|HPE)_/;
const WORDS: Readonly<Record<string, string>> = {
  UND_ERR_SOCKET: "the connection was closed",
  UND_ERR_CONNECT_TIMEOUT: "no connection in time",
  UND_ERR_HEADERS_TIMEOUT: "no answer in time",
  UND_ERR_BODY_TIMEOUT: "nothing more in time",
  UND_ERR_HEADERS_OVERFLOW: "its headers are too long",
};

const detailOf = (code: string | undefined): string => {
  if (code === undefined) return "no details";
  return WORDS[code] ?? (LIBRARY_CODE.test(code) ? "it does not keep to HTTP" : code);
};

const causes = (error: unknown): (Error & { readonly code?: unknown })[] => {
  const found: Error[] = [];
  for (let one = error; one instanceof Error && found.length < 5; one = one.cause) found.push(one);
  return found;
};
