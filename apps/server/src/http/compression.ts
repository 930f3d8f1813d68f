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
    if (isRead(request) && reply.statusCode === 304) reply.header("vary", varied(reply.getHeader("vary")));
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

const isRead = ({ method }: FastifyRequest): boolean => method === "GET";

const bodyToPack = (
  request: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
): string | Buffer | null => {
  if (!isRead(request) || reply.statusCode !== 200) return null;
  if (typeof payload !== "string" && !Buffer.isBuffer(payload)) return null;
  if (Buffer.byteLength(payload) < MIN_COMPRESSED_BYTES || reply.hasHeader("content-encoding")) return null;
  return TEXTS.test(String(reply.getHeader("content-type"))) ? payload : null;
};

/** `gzip;q=0` forbids it, whatever stands beside it; `*` is for what is not named. */
export const acceptsGzip = ({ headers }: Pick<FastifyRequest, "headers">): boolean => {
  const codings = String(headers["accept-encoding"] ?? "")
    .split(",")
    .map((coding) =>
      coding
        .trim()
        .toLowerCase()
        .split(/\s*;\s*q=/),
    );
  const [, weight = "1"] = codings.find(([name]) => name === "gzip") ??
    codings.find(([name]) => name === "*") ?? ["", "0"];
  return Number(weight) > 0;
};

const varied = (vary: unknown): string =>
  vary === undefined ? "accept-encoding" : `${String(vary)}, accept-encoding`;
