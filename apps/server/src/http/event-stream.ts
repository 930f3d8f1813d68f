import type { Socket } from "node:net";
import type { FastifyReply, FastifyRequest } from "fastify";
import { asPatchbayError, problemOf } from "./problems.ts";

/** Proxies close connections on which nothing moves for a minute. */
const KEEP_ALIVE_MS = 15_000;

export interface ServerSentEvent {
  readonly event?: string;
  readonly id?: string;
  readonly data: unknown;
}

/** Whether the client asked for server-sent events. */
export const wantsEvents = (request: FastifyRequest): boolean =>
  request.headers.accept?.includes("text/event-stream") === true;

/**
 * Sends events until `events` ends or the client goes away, then returns `events` early. What `events` throws is sent as
 * an event `error` with the problem document, since the status has left already.
 */
export const sendEvents = async (
  request: FastifyRequest,
  reply: FastifyReply,
  events: AsyncIterable<ServerSentEvent>,
): Promise<void> => {
  reply.hijack();
  const { raw } = reply;
  raw.writeHead(200, {
    ...(reply.getHeaders() as Record<string, string>),
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-store",
    "x-accel-buffering": "no",
  });
  raw.flushHeaders();
  const keepAlive = setInterval(() => raw.write(": still here\n\n"), KEEP_ALIVE_MS);
  try {
    for await (const event of events) {
      if (raw.destroyed) return;
      if (!raw.write(format(event))) await drained(raw);
    }
  } catch (error) {
    if (!raw.destroyed)
      raw.write(format({ event: "error", data: problemOf(asPatchbayError(error), request) }));
  } finally {
    clearInterval(keepAlive);
    raw.end();
  }
};

/** One for each connection, since a signal for each call would cost as much as a part of the call. */
const connections = new WeakMap<Socket, AbortSignal>();

/** Aborted when the client's connection closes: before the answer has left, if whoever waits for it still listens. */
export const clientGone = ({ request }: FastifyReply): AbortSignal => {
  // Not the answer's socket, which it has only once all answers before it have left.
  const { socket } = request.raw;
  if (socket.destroyed) return AbortSignal.abort();
  const known = connections.get(socket);
  if (known !== undefined) return known;
  const controller = new AbortController();
  socket.once("close", () => controller.abort());
  connections.set(socket, controller.signal);
  return controller.signal;
};

const format = ({ event, id, data }: ServerSentEvent): string =>
  `${event === undefined ? "" : `event: ${event}\n`}${id === undefined ? "" : `id: ${id}\n`}data: ${JSON.stringify(data) ?? "null"}\n\n`;

const drained = (raw: FastifyReply["raw"]): Promise<void> =>
  new Promise((resolve) => {
    raw.once("drain", resolve);
    raw.once("close", resolve);
  });
