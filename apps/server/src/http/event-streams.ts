import { Places, type Principal } from "@patchbay/core";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Authentication } from "./authentication.ts";
import { clientGone, type ServerSentEvent, sendEvents } from "./event-stream.ts";
import {
  MAX_CALL_STREAMS_PER_PERSON,
  MAX_FOLLOWED_STREAMS_PER_PERSON,
  MAX_LISTENING_CLIENTS_PER_PERSON,
  MAX_MODEL_ANSWERS_PER_PERSON,
  RECHECK_EVERY_MS,
} from "./limits.ts";
import { setSecurityHeaders } from "./security-headers.ts";
import type { Site } from "./site.ts";
import { untilAborted } from "./until-aborted.ts";

/** How many answers of a kind one person has at once, and what is said to who wants another. */
const KINDS = {
  followed: {
    most: MAX_FOLLOWED_STREAMS_PER_PERSON,
    refusal: (open: number) => `You follow this server from ${open} places already. Close some of them.`,
  },
  listening: {
    most: MAX_LISTENING_CLIENTS_PER_PERSON,
    refusal: (open: number) => `${open} of your clients listen to this server already. Close some of them.`,
  },
  call: {
    most: MAX_CALL_STREAMS_PER_PERSON,
    refusal: (open: number) => `${open} streams of calls are open for you. Wait until one of them ends.`,
  },
  model: {
    most: MAX_MODEL_ANSWERS_PER_PERSON,
    refusal: (open: number) => `Models are answering you ${open} times at once. Wait for one of them.`,
  },
} as const;

export interface EventStreamOptions {
  /** `followed`: what goes on until the client leaves; `listening`: the same for programs, of which one key serves many. `call`: the answer to one call. `model`: that of a model. */
  readonly kind: keyof typeof KINDS;
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
  readonly #places = {
    followed: new Places(KINDS.followed.most, KINDS.followed.refusal),
    listening: new Places(KINDS.listening.most, KINDS.listening.refusal),
    call: new Places(KINDS.call.most, KINDS.call.refusal),
    model: new Places(KINDS.model.most, KINDS.model.refusal),
  };

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
    options: EventStreamOptions,
    begin: (signal: AbortSignal) => Promise<AsyncIterable<ServerSentEvent>>,
  ): Promise<void> {
    await this.hold(request, reply, options, async (signal) => {
      const events = await begin(signal);
      setSecurityHeaders(request, reply, this.#site);
      await sendEvents(request, reply, untilAborted(events, signal));
    });
  }

  /**
   * Answers by `work`, which lasts. Its signal aborts when the client has gone, and with the error that keeps the caller from the answer
   * as soon as there is one. Throws `rate_limited` when the person has too many such answers, and what `work` throws.
   */
  async hold<T>(
    request: FastifyRequest,
    reply: FastifyReply,
    { kind, requireAllowed }: EventStreamOptions,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const release = this.#places[kind].take(request.principal.user.id);
    const ended = new AbortController();
    const gone = clientGone(reply);
    const leave = () => ended.abort();
    gone.addEventListener("abort", leave, { once: true });
    if (gone.aborted) leave();
    const watch = this.#watch(request, requireAllowed, ended);
    try {
      return await work(ended.signal);
    } catch (error) {
      ended.abort(error);
      throw error;
    } finally {
      clearInterval(watch);
      gone.removeEventListener("abort", leave);
      release();
    }
  }

  /**
   * The same values, which have to be begun, for an answer that is sent after its handler has returned: throws what keeps the caller from
   * them as soon as something does.
   */
  async *whileAllowed<T>(
    request: FastifyRequest,
    requireAllowed: (principal: Principal) => unknown,
    values: AsyncIterable<T>,
  ): AsyncGenerator<T> {
    const ended = new AbortController();
    const watch = this.#watch(request, requireAllowed, ended);
    try {
      yield* untilAborted(values, ended.signal);
    } finally {
      clearInterval(watch);
    }
  }

  /** Aborts with what keeps the caller from the answer. */
  #watch(
    request: FastifyRequest,
    requireAllowed: (principal: Principal) => unknown,
    ended: AbortController,
  ): NodeJS.Timeout {
    return setInterval(() => {
      this.#requireStanding(request, requireAllowed).catch((error: unknown) => ended.abort(error));
    }, RECHECK_EVERY_MS);
  }

  async #requireStanding(
    request: FastifyRequest,
    requireAllowed: (principal: Principal) => unknown,
  ): Promise<void> {
    await requireAllowed(await this.#authentication.principalOf(request));
  }
}
