import type { EndpointCalls, OutsideAnswer } from "@patchbay/core";
import { BYTES_TYPE, PatchbayError } from "@patchbay/protocol";
import type { FastifyReply, FastifyRequest } from "fastify";
import { sendBytes } from "../calls/call-answer.ts";
import {
  allowOrigin,
  allowRequests,
  isPreflight,
  requireForeign,
  setOutsideHeaders,
} from "../outside/cross-origin.ts";
import { dropRest, ENDPOINTS_PATH, outsideRequest } from "../outside/outside-request.ts";
import type { App } from "../route.ts";

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] as const;

/** Requests from outside, which plugins answer. Nobody is asked who they are but by what the endpoint demands. */
export const outsideRoutes = async (
  app: App,
  { calls }: { readonly calls: EndpointCalls },
): Promise<void> => {
  const answer = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    setOutsideHeaders(reply);
    requireForeign(request);
    requireNoSocket(request);
    const { address } = request.params as { address: string };
    const known = await calls.find(address);
    const isAllowed = allowOrigin(request, reply, known.endpoint.origins);
    if (isPreflight(request)) {
      if (isAllowed) allowRequests(request, reply, await calls.methodsOf(known));
      return await reply.code(204).send();
    }
    try {
      return await send(reply, await calls.answer(known, outsideRequest(request, reply, address)));
    } catch (error) {
      if (error instanceof PatchbayError && Array.isArray(error.facts.allow))
        reply.header("allow", error.facts.allow.join(", "));
      throw error;
    } finally {
      if (!request.raw.complete && reply.sent) dropRest(request.raw);
    }
  };
  await app.register(async (scope) => {
    // Bodies are read as they come, by whom they are for.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("*", (_request, _payload, done) => done(null));
    for (const url of [`${ENDPOINTS_PATH}/:address`, `${ENDPOINTS_PATH}/:address/*`])
      scope.route({
        method: [...METHODS],
        url,
        exposeHeadRoute: false,
        config: { public: true },
        schema: { hide: true, consumes: ["multipart/form-data"] },
        handler: answer,
      });
  });
};

/** Throws `not_available` where a connection is to become something else than HTTP. */
const requireNoSocket = ({ headers }: FastifyRequest): void => {
  if (!/\bwebsocket\b/i.test(headers.upgrade ?? "")) return;
  throw new PatchbayError(
    "not_available",
    "Endpoints of plugins answer requests; they do not speak WebSocket. Answer with a stream instead.",
  );
};

const send = async (
  reply: FastifyReply,
  { status, headers, body, size }: OutsideAnswer,
): Promise<FastifyReply> => {
  reply.code(status);
  for (const [name, value] of headers) reply.header(name, name === "vary" ? varied(reply, value) : value);
  if (size !== undefined && status !== 204 && status !== 304) reply.header("content-length", size);
  if (body === null) return await reply.send();
  if (!headers.has("content-type")) reply.header("content-type", BYTES_TYPE);
  if (body instanceof Uint8Array) return await reply.send(body);
  return await sendBytes(reply, body);
};

const varied = (reply: FastifyReply, value: string): string => {
  const before = reply.getHeader("vary");
  return before === undefined ? value : `${String(before)}, ${value}`;
};
