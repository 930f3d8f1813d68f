import { createHash } from "node:crypto";
import type { ClientCallStore } from "@patchbay/core";
import { isJsonObject } from "@patchbay/protocol";
import type { FastifyRequest } from "fastify";
import { callerOf } from "../caller.ts";

/** What a client of the old era names its session by; we hold none, and take it to tell requests of several clients of one key apart. */
export const SESSION_HEADER = "mcp-session-id";

/**
 * Calls of clients of the old era, which give a call up by a request of its own and leave the connection of the call open. That request may
 * come to any node, so that all are told.
 */
export class RunningCalls {
  readonly #store: ClientCallStore;
  readonly #running = new Map<string, AbortController>();

  constructor(store: ClientCallStore) {
    this.#store = store;
  }

  /** Does `work`, whose signal aborts as `signal` does, and when the client gives the call up. */
  async run<T>(
    request: FastifyRequest,
    signal: AbortSignal,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const id = idOf(request, isJsonObject(request.body) ? request.body.id : undefined);
    if (id === null) return await work(signal);
    const stop = new AbortController();
    const onAbort = (): void => stop.abort(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) onAbort();
    this.#running.set(id, stop);
    try {
      return await work(stop.signal);
    } finally {
      signal.removeEventListener("abort", onAbort);
      if (this.#running.get(id) === stop) this.#running.delete(id);
    }
  }

  /** Tells every node that the call is given up which the request says is, if it says so. */
  async giveUp(request: FastifyRequest): Promise<void> {
    const { body } = request;
    if (!isJsonObject(body) || body.method !== "notifications/cancelled" || !isJsonObject(body.params))
      return;
    const id = idOf(request, body.params.requestId);
    if (id !== null) await this.#store.tellGivenUp(id);
  }

  /** A call was given up on any node. */
  end(id: string): void {
    this.#running.get(id)?.abort();
  }
}

/** null where there is nothing by which one client's request could be told from another's. */
const idOf = (request: FastifyRequest, requestId: unknown): string | null => {
  const session = request.headers[SESSION_HEADER];
  if (typeof session !== "string" || (typeof requestId !== "string" && typeof requestId !== "number"))
    return null;
  const whole = JSON.stringify([callerOf(request), session, requestId]);
  return createHash("sha256").update(whole).digest("hex");
};
