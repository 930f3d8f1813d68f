import { isIP, type LookupFunction } from "node:net";
import type { Egress, EgressRequest, EgressRules } from "@patchbay/core";
import {
  FETCH_DEADLINE_SECONDS,
  type FetchHead,
  MAX_FETCH_REDIRECTS,
  MAX_FETCH_REQUEST_BYTES,
  MAX_FETCH_RESPONSE_BYTES,
  PatchbayError,
} from "@patchbay/protocol";
import { Agent, type Dispatcher } from "undici";
import { AddressRules, type Lookup, lookupAll } from "./addresses.ts";
import { ACCEPTED_CODINGS, codingsOf, decodedBody, tooLarge } from "./body.ts";
import { firstHop, type Hop, isRedirect, nextHop } from "./hop.ts";
import { placeOfHop, SecretFiller } from "./secrets.ts";

export interface EgressOptions {
  /** Host names, `*.name`, addresses and CIDR ranges that plugins may reach although they are not public. */
  readonly allowPrivate?: readonly string[];
  /** How names become addresses; the system's resolver unless given. */
  readonly lookup?: Lookup;
  /** From the first byte out to the last byte in, in milliseconds. */
  readonly deadlineMs?: number;
}

export interface ClosableEgress extends Egress {
  /** Breaks off all connections. */
  close(): Promise<void>;
}

type Answer = Dispatcher.ResponseData<unknown>;
type Head = readonly (readonly [string, string])[];

/** Time for a connection, TLS included. */
const CONNECT_TIMEOUT_MS = 10_000;
/** Connections to one server at once, for all plugins together. */
const MAX_CONNECTIONS = 64;
const MAX_RESPONSE_HEADER_BYTES = 32 * 1024;
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

/**
 * The way out. Names are resolved here, only allowed addresses are connected to, and the address that was checked is the
 * one that is used; every redirect goes through all checks again. Proxies of the environment are not used, cookies are not
 * kept (`set-cookie` reaches the plugin as any other header).
 */
export const createEgress = (options: EgressOptions = {}): ClosableEgress => {
  const addresses = new AddressRules(options.allowPrivate ?? []);
  const lookup = options.lookup ?? lookupAll;
  const deadlineMs = options.deadlineMs ?? FETCH_DEADLINE_SECONDS * 1000;
  const agent = new Agent({
    allowH2: false,
    connections: MAX_CONNECTIONS,
    maxHeaderSize: MAX_RESPONSE_HEADER_BYTES,
    headersTimeout: deadlineMs,
    bodyTimeout: deadlineMs,
    connect: { timeout: CONNECT_TIMEOUT_MS, lookup: checkedLookup(addresses, lookup) },
  });
  return {
    close: () => agent.destroy(),
    fetch: async (request, rules) => {
      const signal = AbortSignal.any([request.signal, AbortSignal.timeout(deadlineMs)]);
      const send = async (hop: Hop, filler: SecretFiller): Promise<Answer> => {
        // Literal addresses are connected to without a lookup.
        if (isLiteral(hop.url)) await addresses.reachable(hop.url.hostname, lookup);
        const answer = await agent.request({ ...wireRequest(hop, filler), signal });
        // Destroying a body is an error to itself; whoever reads it hears of all others.
        answer.body.on("error", () => undefined);
        return answer;
      };
      try {
        return await follow(request, rules, send, explainFor(request, deadlineMs));
      } catch (error) {
        throw explainFor(request, deadlineMs)(error);
      }
    },
  };
};

type Send = (hop: Hop, filler: SecretFiller) => Promise<Answer>;

/** Sends a request, and those that its redirects ask for. */
const follow = async (
  request: EgressRequest,
  rules: EgressRules,
  send: Send,
  explain: (error: unknown) => Error,
) => {
  if (request.body !== null && request.body.length > MAX_FETCH_REQUEST_BYTES)
    throw new PatchbayError("fetch_too_large", `A request's body may have ${MAX_FETCH_REQUEST_BYTES} bytes.`);
  let hop = firstHop(request);
  for (let redirects = 0; ; redirects++) {
    rules.check(hop.url.hostname, hop.method);
    const filler = new SecretFiller(secretsFor(hop, rules));
    const answer = await send(hop, filler);
    const location = single(answer.headers.location);
    if (request.redirect === "manual" || !isRedirect(answer.statusCode, location))
      return finished(hop, answer, filler, redirects > 0, explain);
    answer.body.destroy();
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

const wireRequest = (hop: Hop, filler: SecretFiller) => {
  const place = placeOfHop(hop.url);
  const url = filler.url(hop.url);
  const headers = hop.headers.flatMap(([name, value]) => [name, filler.header(name, value, place)]);
  const has = (name: string): boolean => hop.headers.some(([one]) => one.toLowerCase() === name);
  if (!has("accept")) headers.push("accept", "*/*");
  if (!has("accept-encoding")) headers.push("accept-encoding", ACCEPTED_CODINGS);
  if (!has("user-agent")) headers.push("user-agent", "Patchbay");
  const contentType = hop.headers.find(([name]) => name.toLowerCase() === "content-type")?.[1] ?? "";
  return {
    origin: url.origin,
    path: `${url.pathname}${url.search}`,
    method: hop.method as Dispatcher.HttpMethod,
    headers,
    body: hop.body === null ? null : filler.body(hop.body, contentType, place),
  };
};

const finished = (
  hop: Hop,
  answer: Answer,
  filler: SecretFiller,
  redirected: boolean,
  explain: (error: unknown) => Error,
): { head: FetchHead; body: AsyncIterable<Uint8Array> } => {
  const codings = hop.method === "HEAD" ? [] : codingsOf(single(answer.headers["content-encoding"]));
  if (
    codings?.length === 0 &&
    hop.method !== "HEAD" &&
    Number(single(answer.headers["content-length"])) > MAX_FETCH_RESPONSE_BYTES
  ) {
    answer.body.destroy();
    throw tooLarge();
  }
  const isDecoded = codings !== undefined && codings.length > 0;
  const head = {
    status: answer.statusCode,
    statusText: answer.statusText,
    headers: headersOf(answer, isDecoded).map(([name, value]) => [name, filler.mask(value)] as const),
    url: hop.url.href,
    redirected,
  };
  return { head, body: decodedBody(answer.body, codings ?? [], explain) };
};

const headersOf = (answer: Answer, isDecoded: boolean): Head =>
  Object.entries(answer.headers)
    .filter(([name]) => !DROPPED_FROM_ANSWER.has(name) && !(isDecoded && DESCRIBES_CODED_BODY.has(name)))
    .flatMap(([name, value]) => [value ?? []].flat().map((one) => [name, one] as const));

const single = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value[0] : value;

const isLiteral = ({ hostname }: URL): boolean => isIP(hostname.replace(/^\[|\]$/g, "")) !== 0;

/** A lookup for sockets that knows only addresses that may be reached: what it returns is what is connected to. */
const checkedLookup =
  (addresses: AddressRules, lookup: Lookup): LookupFunction =>
  (hostname, options, callback) => {
    addresses.reachable(hostname, lookup).then(
      (found) => {
        const [first] = found;
        if (options.all) callback(null, [...found]);
        else callback(null, first?.address ?? "", first?.family);
      },
      (error: NodeJS.ErrnoException) => callback(error, ""),
    );
  };

/** What the plugin gets to hear. Texts of libraries may quote what was sent, so they are not passed on. */
const explainFor =
  ({ signal, url }: EgressRequest, deadlineMs: number) =>
  (error: unknown): Error => {
    const known = causes(error).find((one) => one instanceof PatchbayError);
    if (known !== undefined) return known;
    if (signal.aborted) return new PatchbayError("cancelled", "The plugin gave the request up.");
    if (error instanceof Error && error.name === "TimeoutError")
      return new PatchbayError(
        "deadline_exceeded",
        `The remote server took longer than ${deadlineMs / 1000} s.`,
      );
    const code = causes(error)
      .map(({ code }) => code)
      .find((one) => typeof one === "string");
    const host = URL.parse(url)?.host ?? "The server";
    return new PatchbayError(
      "fetch_failed",
      `${host} could not be reached or broke off (${code ?? "no details"}).`,
      {
        cause: error,
      },
    );
  };

const causes = (error: unknown): (Error & { readonly code?: unknown })[] => {
  const found: Error[] = [];
  for (let one = error; one instanceof Error && found.length < 5; one = one.cause) found.push(one);
  return found;
};
