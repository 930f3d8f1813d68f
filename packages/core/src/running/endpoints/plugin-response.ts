import { isJsonObject, PatchbayError } from "@patchbay/protocol";
import { mayAnswerWith } from "./headers.ts";
import { MAX_ANSWER_HEADER_BYTES, MAX_ANSWER_HEADERS } from "./limits.ts";

const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
/** Of these there is one at the most. */
const SINGLE = new Set(["content-type", "content-disposition", "content-range", "location", "etag"]);
const CACHING = ["cache-control", "expires", "pragma"];
/** Statuses that have no body. */
const BODILESS = new Set([204, 205, 304]);

/** The beginning of an answer as it leaves: one header a name, in lower case. */
export interface ResponseHead {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly mayHaveBody: boolean;
}

/** What of a request its answer is held against. */
export interface AnsweredRequest {
  readonly url: string;
  /** The part of it that is the address. */
  readonly base: string;
  /** Nobody had to prove anything. */
  readonly isOpen: boolean;
}

/**
 * What a plugin's code answered, held against what any answer may be; headers that it may not set are left out. Throws `endpoint_failed`
 * for what is no answer.
 */
export const responseHead = (value: unknown, { url, base, isOpen }: AnsweredRequest): ResponseHead => {
  if (!isJsonObject(value) || !Array.isArray(value.headers)) throw noAnswer("is none");
  const { status } = value;
  if (typeof status !== "number" || !Number.isInteger(status) || status < 200 || status > 599)
    throw noAnswer(`has the status ${String(status).slice(0, 20)}, and not one from 200 to 599`);
  const headers = headersOf(value.headers);
  const location = headers.get("location");
  if (location !== undefined) headers.set("location", locationOf(location, url, base));
  // What somebody had to prove something for is not for whoever asks a cache next.
  if (!isOpen) for (const name of CACHING) headers.delete(name);
  return { status, headers, mayHaveBody: !BODILESS.has(status) };
};

const headersOf = (given: readonly unknown[]): Map<string, string> => {
  if (given.length > MAX_ANSWER_HEADERS) throw noAnswer(`has more than ${MAX_ANSWER_HEADERS} headers`);
  const headers = new Map<string, string>();
  let length = 0;
  for (const header of given) {
    const [name, value]: readonly unknown[] = Array.isArray(header) ? header : [];
    if (typeof name !== "string" || typeof value !== "string" || !NAME.test(name) || !VALUE.test(value))
      throw noAnswer(`has a header that is none: ${String(name).slice(0, 64)}`);
    length += name.length + value.length;
    const lower = name.toLowerCase();
    if (!mayAnswerWith(lower)) continue;
    const before = headers.get(lower);
    if (before !== undefined && SINGLE.has(lower)) throw noAnswer(`has two headers "${lower}"`);
    headers.set(lower, before === undefined ? value : `${before}, ${value}`);
  }
  if (length > MAX_ANSWER_HEADER_BYTES)
    throw noAnswer(`has more than ${MAX_ANSWER_HEADER_BYTES / 1024} KiB of headers`);
  return headers;
};

/** Elsewhere, or below its own address: nobody is led to a page of Patchbay's by what a plugin says. */
const locationOf = (location: string, url: string, base: string): string => {
  const target = URL.parse(location, url);
  const own = new URL(base);
  const isWeb = target?.protocol === "https:" || target?.protocol === "http:";
  const isOutside = target !== null && target.host !== own.host;
  const isBelow = target !== null && `${target.pathname}/`.startsWith(`${own.pathname}/`);
  if (target === null || !isWeb || target.username !== "" || !(isOutside || isBelow))
    throw noAnswer("leads to another address of this server, or to none of the web");
  return target.href;
};

const noAnswer = (what: string): PatchbayError =>
  new PatchbayError("endpoint_failed", `The answer of the endpoint ${what}.`);
