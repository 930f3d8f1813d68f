import type { McpHttpHandler } from "@modelcontextprotocol/server";
import { PatchbayError } from "@patchbay/protocol";
import type { FastifyReply, FastifyRequest } from "fastify";
import { sendStream } from "../event-stream.ts";
import { setSecurityHeaders } from "../security-headers.ts";
import type { Site } from "../site.ts";

/**
 * The request as the handler of the protocol reads it: as little of a web request as it looks at, since one of Node's own costs as much as the
 * rest of the protocol. Its body, which was read within bounds, goes beside it.
 */
export const toWebRequest = (request: FastifyRequest, site: Site, signal: AbortSignal): Request => {
  const { method, headers } = request;
  const web: Pick<Request, "method" | "url" | "signal"> & { readonly headers: Pick<Headers, "get" | "has"> } =
    {
      method,
      url: `${site.addressOf(request)}${request.url}`,
      headers: {
        get: (name) => told(headers[name.toLowerCase()]) ?? null,
        has: (name) => told(headers[name.toLowerCase()]) !== undefined,
      },
      signal,
    };
  return web as Request;
};

const told = (value: string | readonly string[] | undefined): string | undefined =>
  typeof value === "string" ? value : value?.join(", ");

/** Answers with what the handler says. Throws what the signal was aborted with, where that is an error of ours. */
export const sendAnswer = async (
  handler: Pick<McpHttpHandler, "fetch">,
  web: Request,
  {
    request,
    reply,
    site,
  }: { readonly request: FastifyRequest; readonly reply: FastifyReply; readonly site: Site },
): Promise<FastifyReply | undefined> => {
  const { body } = request;
  if (body === undefined || body === null)
    throw new PatchbayError("invalid_request", "Send a message of JSON-RPC as the body.");
  const response = await handler.fetch(web, { parsedBody: body });
  if (web.signal.aborted && web.signal.reason instanceof PatchbayError) throw web.signal.reason;
  const type = response.headers.get("content-type");
  if (response.body === null || !type?.startsWith("text/event-stream")) {
    if (type !== null) reply.type(type);
    return await reply.code(response.status).send(response.body === null ? null : await response.text());
  }
  setSecurityHeaders(request, reply, site);
  // Whatever ends it was said in a message of the protocol, or there is nobody to say it to.
  await sendStream(reply, textsOf(response.body), { ping: ": still here\n\n", fault: () => "" });
  return undefined;
};

const textsOf = async function* (body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  for await (const chunk of body) yield decoder.decode(chunk, { stream: true });
};
