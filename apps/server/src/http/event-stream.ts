import type { Socket } from "node:net";
import type { FastifyReply, FastifyRequest } from "fastify";
import { UNREAD_TIMEOUT_MS } from "./limits.ts";
import { asPatchbayError, problemOf } from "./problems.ts";

/** Proxies close connections on which nothing moves for a minute. */
const KEEP_ALIVE_MS = 15_000;
/** So much is written at once at the most, in UTF-16 units. */
const JOINED_LENGTH = 64 * 1024;

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
): Promise<void> =>
  await sendStream(reply, textsOf(events), {
    ping: ": still here\n\n",
    fault: (error) => format({ event: "error", data: problemOf(asPatchbayError(error), request) }),
  });

const textsOf = async function* (events: AsyncIterable<ServerSentEvent>): AsyncGenerator<string> {
  for await (const event of events) yield format(event);
};

/** What an event stream says beside its events. */
export interface StreamWords {
  /** That nothing has happened, which keeps the connection. */
  readonly ping: string;
  /** What the texts of the stream threw: the last that is sent. */
  readonly fault: (error: unknown) => string;
}

/** The same for who writes the text of events: no faster than the client takes them, and in one piece what comes at once. */
export const sendStream = async (
  reply: FastifyReply,
  texts: AsyncIterable<string>,
  { ping, fault }: StreamWords,
): Promise<void> => {
  reply.hijack();
  const { raw } = reply;
  raw.writeHead(200, {
    ...(reply.getHeaders() as Record<string, string>),
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-store",
    "x-accel-buffering": "no",
  });
  const keepAlive = setInterval(() => raw.write(ping), KEEP_ALIVE_MS);
  const joined = new JoinedWrites(raw);
  try {
    for await (const text of texts) {
      if (raw.destroyed) return;
      joined.write(text);
      if (raw.writableNeedDrain) await drained(raw);
    }
  } catch (error) {
    if (!raw.destroyed) joined.write(fault(error));
  } finally {
    clearInterval(keepAlive);
    joined.flush();
    raw.end();
  }
};

/** Texts that come before anything else can happen leave together: a write for each would cost more than all else about it. */
class JoinedWrites {
  readonly #raw: FastifyReply["raw"];
  #waiting = "";
  /** Whether what waits, or else the head, leaves soon. */
  #isDue = true;

  constructor(raw: FastifyReply["raw"]) {
    this.#raw = raw;
    process.nextTick(() => {
      if (this.#waiting === "" && !raw.writableEnded && !raw.destroyed) raw.flushHeaders();
      this.#leave();
    });
  }

  write(text: string): void {
    this.#waiting += text;
    if (!this.#isDue && text !== "") process.nextTick(() => this.#leave());
    this.#isDue ||= text !== "";
    if (this.#waiting.length >= JOINED_LENGTH) this.flush();
  }

  #leave(): void {
    this.#isDue = false;
    this.flush();
  }

  flush(): void {
    if (this.#waiting === "" || this.#raw.destroyed) return;
    this.#raw.write(this.#waiting);
    this.#waiting = "";
  }
}

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

/** Calls `then` once, when the answer has left or the client has, which may have been before. */
export const whenGone = (reply: FastifyReply, then: () => void): void => {
  const gone = clientGone(reply);
  const end = (): void => {
    reply.raw.removeListener("close", end);
    gone.removeEventListener("abort", end);
    then();
  };
  if (gone.aborted) {
    then();
    return;
  }
  // An answer that waits behind others has no socket whose end it would hear of.
  gone.addEventListener("abort", end);
  reply.raw.once("close", end);
};

const format = ({ event, id, data }: ServerSentEvent): string =>
  `${event === undefined ? "" : `event: ${event}\n`}${id === undefined ? "" : `id: ${id}\n`}data: ${JSON.stringify(data) ?? "null"}\n\n`;

/** The connection of a client that takes nothing for long is closed: a plugin waits for it. */
const drained = (raw: FastifyReply["raw"]): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(() => raw.destroy(), UNREAD_TIMEOUT_MS);
    const done = () => {
      clearTimeout(timer);
      raw.off("drain", done).off("close", done);
      resolve();
    };
    raw.on("drain", done).on("close", done);
  });
