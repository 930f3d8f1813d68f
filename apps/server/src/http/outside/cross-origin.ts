import { PatchbayError } from "@patchbay/protocol";
import type { FastifyReply, FastifyRequest } from "fastify";

/** How long browsers remember what a page of another site may send. */
const PREFLIGHT_AGE_SECONDS = 600;
const HEADER_NAMES = /^[A-Za-z0-9-]{1,64}(?:\s*,\s*[A-Za-z0-9-]{1,64}){0,31}$/;

/**
 * Nothing that a plugin answers acts at the console's address: a page is shown without scripts, forms or frames and as of no origin, nobody
 * guesses what a file is, and other pages cannot take it in.
 */
const POLICY =
  "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** The headers of every answer at an endpoint, whatever the plugin says of them. */
export const setOutsideHeaders = (reply: FastifyReply): void => {
  reply
    .header("content-security-policy", POLICY)
    .header("x-frame-options", "DENY")
    .header("cross-origin-opener-policy", "same-origin")
    .header("cross-origin-resource-policy", "same-origin")
    .header("x-robots-tag", "noindex");
};

/**
 * Throws `cross_origin` for what a page of the console's own asks for: none does, and what a plugin answers is not to be a script, a style or
 * a worker of it. People may open the address.
 */
export const requireForeign = ({ headers }: FastifyRequest): void => {
  const isOfOwnPage = headers["sec-fetch-site"] === "same-origin" && headers["sec-fetch-mode"] !== "navigate";
  if (!isOfOwnPage && headers["service-worker"] === undefined) return;
  throw new PatchbayError("cross_origin", "Pages of Patchbay itself do not ask at addresses of endpoints.");
};

/** Says which pages may read the answer: those of the endpoint's origins, and never with anybody's cookies. */
export const allowOrigin = (
  request: FastifyRequest,
  reply: FastifyReply,
  origins: readonly string[],
): boolean => {
  const { origin } = request.headers;
  if (origins.length === 0) return false;
  const isForAll = origins.includes("*");
  if (!isForAll) reply.header("vary", "origin");
  if (origin === undefined || !(isForAll || origins.includes(origin))) return false;
  reply
    .header("access-control-allow-origin", isForAll ? "*" : origin)
    .header("access-control-expose-headers", "*")
    .header("cross-origin-resource-policy", "cross-origin");
  return true;
};

/** Whether a browser asks what a page of another site may send. */
export const isPreflight = ({ method, headers }: FastifyRequest): boolean =>
  method === "OPTIONS" &&
  headers.origin !== undefined &&
  headers["access-control-request-method"] !== undefined;

export const allowRequests = (
  request: FastifyRequest,
  reply: FastifyReply,
  methods: readonly string[],
): void => {
  const named = String(request.headers["access-control-request-headers"] ?? "");
  reply
    .header("access-control-allow-methods", methods.join(", "))
    .header("access-control-max-age", PREFLIGHT_AGE_SECONDS);
  if (HEADER_NAMES.test(named)) reply.header("access-control-allow-headers", named);
};
