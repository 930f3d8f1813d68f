import type { Principal } from "@patchbay/core";
import { PatchbayError } from "@patchbay/protocol";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Authentication } from "./authentication.ts";
import { clientGone, type ServerSentEvent, sendEvents } from "./event-stream.ts";
import { MAX_CALL_STREAMS_PER_PERSON, MAX_FOLLOWED_STREAMS_PER_PERSON, RECHECK_EVERY_MS } from "./limits.ts";
import { setSecurityHeaders } from "./security-headers.ts";
import type { Site } from "./site.ts";

const MOST = { followed: MAX_FOLLOWED_STREAMS_PER_PERSON, call: MAX_CALL_STREAMS_PER_PERSON } as const;

export interface EventStreamOptions {
  /** `followed`: what goes on until the client leaves. `call`: the answer to one call. */
  readonly kind: keyof typeof MOST;
  /** Throws once this caller may no longer get what is streamed. */
  readonly requireAllowed: (principal: Principal) => unknown;
}

/**
 * Answers that last. Each ends within a second after the key or session that asked for it, or the right to it, has ended, with that as
 * its last event: the caller is looked at again and again, from what is held of them, which changes make invalid on every node.
 */
export class EventStreams {
  readonly #authentication: Authentication;
  readonly #site: Site;
  readonly #open = new Map<string, number>();

  constructor(authentication: Authentication, site: Site) {
    this.#authentication = authentication;
    this.#site = site;
  }

  /**
   * Sends what `begin` makes. Its signal aborts when the client has gone or may no longer listen. What `begin` itself throws is answered
   * as usual. Throws `rate_limited` when the person has too many streams open.
   */
  async send(
    request: FastifyRequest,
    reply: FastifyReply,
    { kind, requireAllowed }: EventStreamOptions,
    begin: (signal: AbortSignal) => Promise<AsyncIterable<ServerSentEvent>>,
  ): Promise<void> {
    const release = this.#admit(request.principal, kind);
    const ended = new AbortController();
    const gone = clientGone(reply);
    const leave = () => ended.abort();
    gone.addEventListener("abort", leave, { once: true });
    const watch = setInterval(() => {
      this.#requireStanding(request, requireAllowed).catch((error: unknown) => ended.abort(error));
    }, RECHECK_EVERY_MS);
    try {
      const events = await begin(ended.signal);
      setSecurityHeaders(request, reply, this.#site);
      await sendEvents(request, reply, untilAborted(events, ended.signal));
    } finally {
      clearInterval(watch);
      gone.removeEventListener("abort", leave);
      ended.abort();
      release();
    }
  }

  async #requireStanding(
    request: FastifyRequest,
    requireAllowed: (principal: Principal) => unknown,
  ): Promise<void> {
    await requireAllowed(await this.#authentication.principalOf(request));
  }

  #admit({ user }: Principal, kind: keyof typeof MOST): () => void {
    const key = `${kind} ${user.id}`;
    const open = this.#open.get(key) ?? 0;
    if (open >= MOST[kind])
      throw new PatchbayError(
        "rate_limited",
        `You follow this server from ${open} places already. Close some of them.`,
      );
    this.#open.set(key, open + 1);
    return () => {
      const left = (this.#open.get(key) ?? 1) - 1;
      if (left > 0) this.#open.set(key, left);
      else this.#open.delete(key);
    };
  }
}

/**
 * The values until the signal aborts, however long the next one takes; then it throws the signal's reason, unless that is only that the
 * client has gone.
 */
const untilAborted = async function* (
  events: AsyncIterable<ServerSentEvent>,
  signal: AbortSignal,
): AsyncGenerator<ServerSentEvent> {
  const { promise: aborted, resolve } = Promise.withResolvers<"aborted">();
  const stop = () => resolve("aborted");
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  const values = events[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = values.next();
      next.catch(() => undefined); // looked at below, or of no more use
      const one = await Promise.race([next, aborted]);
      if (one === "aborted") {
        if (signal.reason instanceof PatchbayError) throw signal.reason;
        return;
      }
      if (one.done === true) return;
      yield one.value;
    }
  } finally {
    signal.removeEventListener("abort", stop);
    // Not waited for: a generator that waits for its next value ends when that is there.
    void Promise.resolve(values.return?.()).catch(() => undefined);
  }
};
