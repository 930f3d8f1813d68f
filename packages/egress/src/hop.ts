import { PatchbayError } from "@patchbay/protocol";

type Headers = readonly (readonly [string, string])[];

/** One request on the way to an answer: the first, or what a redirect made of it. Placeholders are not filled in. */
export interface Hop {
  readonly url: URL;
  readonly method: string;
  readonly headers: Headers;
  readonly body: Uint8Array | null;
  /** A redirect led here from https to http, over which no secret goes. */
  readonly isDowngraded: boolean;
}

const REFUSED_METHODS = new Set(["CONNECT", "TRACE", "TRACK"]);
const WITHOUT_BODY = new Set(["GET", "HEAD"]);
/** What belongs to the connection, which is the host's. `host` among them: it would lead to another server than was checked. */
const CONNECTION_HEADERS =
  /^(connection|content-length|expect|host|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade)$/i;
const BODY_HEADERS = /^content-(encoding|language|location|type|length)$/i;
const CREDENTIALS = /^(authorization|cookie|cookie2)$/i;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** The address as a URL that plugins may ask for at all. Throws `fetch_refused`. */
export const addressOf = (text: string, base?: URL): URL => {
  const url = URL.parse(text, base?.href);
  if (url === null) throw new PatchbayError("fetch_refused", `"${text.slice(0, 200)}" is not a valid URL.`);
  if (url.protocol !== "http:" && url.protocol !== "https:")
    throw new PatchbayError("fetch_refused", `Only http and https can be fetched, not ${url.protocol}`);
  if (url.username !== "" || url.password !== "")
    throw new PatchbayError(
      "fetch_refused",
      "Credentials do not belong in a URL; send an Authorization header.",
    );
  // `name.` and `name` are the same server: rules are written for the latter.
  if (url.hostname.endsWith(".")) url.hostname = url.hostname.slice(0, -1);
  if (url.hash !== "") url.hash = "";
  return url;
};

export const firstHop = (request: {
  readonly url: string;
  readonly method: string;
  readonly headers: Headers;
  readonly body: Uint8Array | null;
}): Hop => {
  const { method } = request;
  if (REFUSED_METHODS.has(method))
    throw new PatchbayError("fetch_refused", `${method} cannot be used by plugins.`);
  return {
    url: addressOf(request.url),
    method,
    headers: request.headers.filter(([name]) => !CONNECTION_HEADERS.test(name)),
    body: WITHOUT_BODY.has(method) ? null : request.body,
    isDowngraded: false,
  };
};

/** Whether an answer sends its reader elsewhere. */
export const isRedirect = (status: number, location: string | undefined): location is string =>
  REDIRECTS.has(status) && location !== undefined;

/** The request that a redirect asks for, by the fetch standard. Throws `fetch_refused`. */
export const nextHop = (hop: Hop, status: number, location: string): Hop => {
  const url = addressOf(location, hop.url);
  const becomesGet =
    (status === 303 && !WITHOUT_BODY.has(hop.method)) ||
    ((status === 301 || status === 302) && hop.method === "POST");
  const headers = hop.headers
    .filter(([name]) => !becomesGet || !BODY_HEADERS.test(name))
    .filter(([name]) => url.origin === hop.url.origin || !CREDENTIALS.test(name));
  return {
    url,
    method: becomesGet ? "GET" : hop.method,
    headers,
    body: becomesGet ? null : hop.body,
    isDowngraded: hop.isDowngraded || (hop.url.protocol === "https:" && url.protocol === "http:"),
  };
};
