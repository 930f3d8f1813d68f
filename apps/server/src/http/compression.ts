import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { MIN_COMPRESSED_BYTES } from "./limits.ts";

const pack = promisify(gzip);
const TEXTS = /^(?:application\/(?:[\w.+-]+\+)?json|text\/(?!event-stream)|image\/svg\+xml)\b/;

/**
 * Packs texts that are read. What shows a secret (a key, a token, a link, each shown once) answers a change and is sent as it is: the
 * length of what is packed tells something of what stands beside text that another has chosen. Event streams never come here. Gzip,
 * because browsers take the others by https alone.
 */
export const registerCompression = (app: FastifyInstance): void => {
  app.addHook("onSend", (request, reply, payload, done) => {
    const body = bodyToPack(request, reply, payload);
    if (body === null) return done(null, payload);
    reply.header("vary", varied(reply.getHeader("vary")));
    if (!acceptsGzip(request)) return done(null, payload);
    pack(body).then((packed) => {
      reply.header("content-encoding", "gzip").removeHeader("content-length");
      // A strong tag stands for the same bytes, which these are not.
      const tag = reply.getHeader("etag");
      if (typeof tag === "string" && !tag.startsWith("W/")) reply.header("etag", `W/${tag}`);
      done(null, packed);
    }, done);
  });
};

const bodyToPack = (
  { method }: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
): string | Buffer | null => {
  if (method !== "GET" || reply.statusCode !== 200) return null;
  if (typeof payload !== "string" && !Buffer.isBuffer(payload)) return null;
  if (Buffer.byteLength(payload) < MIN_COMPRESSED_BYTES || reply.hasHeader("content-encoding")) return null;
  return TEXTS.test(String(reply.getHeader("content-type"))) ? payload : null;
};

/** `gzip;q=0` forbids it. */
const acceptsGzip = ({ headers }: FastifyRequest): boolean =>
  /(?:^|[,\s])(?:gzip|\*)(?!\s*;\s*q=0(?:\.0+)?\s*(?:,|$))/i.test(String(headers["accept-encoding"] ?? ""));

const varied = (vary: unknown): string =>
  vary === undefined ? "accept-encoding" : `${String(vary)}, accept-encoding`;
