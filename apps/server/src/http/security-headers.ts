import type { FastifyReply, FastifyRequest } from "fastify";
import type { Site } from "./site.ts";

/** A year, which browsers take as the least of a lasting promise. */
const SECURE_TRANSPORT = "max-age=31536000";

/** Nothing that the API answers is to be shown, framed or guessed at by a browser; what the route has set is kept. */
export const setSecurityHeaders = (request: FastifyRequest, reply: FastifyReply, site: Site): void => {
  reply
    .header("x-content-type-options", "nosniff")
    .header("referrer-policy", "no-referrer")
    .header("x-request-id", request.id);
  if (site.isSecure(request)) reply.header("strict-transport-security", SECURE_TRANSPORT);
  if (!request.url.startsWith("/docs") && !reply.hasHeader("content-security-policy"))
    reply.header("content-security-policy", "default-src 'none'; frame-ancestors 'none'");
  if (!reply.hasHeader("cache-control")) reply.header("cache-control", "no-store");
};
