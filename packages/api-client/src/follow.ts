import { PatchbayError } from "@patchbay/protocol";
import type { ServerEvent } from "./events.ts";
import type { Query, Transport } from "./transport.ts";

/** Pauses between attempts to connect again, doubling from the first to the longest. */
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;

export interface FollowOptions {
  /** Aborting it ends the stream without an error. */
  readonly signal?: AbortSignal;
  /** Hears when the stream is there, is lost, and is there again. */
  readonly onState?: (state: "open" | "lost") => void;
  /** False: ends with the first connection, whatever ends that. */
  readonly reconnect?: boolean;
}

/**
 * The events at `path`, over as many connections as it takes; each later one says with `Last-Event-ID` how far the ones
 * before got. Throws what cannot be mended by trying again: `unauthenticated`, `forbidden`, whatever is not found.
 */
export async function* follow(
  transport: Transport,
  path: string,
  query: Query,
  options: FollowOptions = {},
): AsyncGenerator<ServerEvent> {
  const { signal, onState, reconnect = true } = options;
  let lastId: string | undefined;
  let pauseMs = FIRST_PAUSE_MS;
  while (!isAborted(transport, signal)) {
    try {
      const headers: Record<string, string> = lastId === undefined ? {} : { "last-event-id": lastId };
      const parts = { query, headers, ...(signal && { signal }), onOpen: () => onState?.("open") };
      for await (const event of transport.events("GET", path, parts)) {
        pauseMs = FIRST_PAUSE_MS;
        lastId = event.id ?? lastId;
        yield event;
      }
    } catch (error) {
      if (isAborted(transport, signal)) return;
      if (!reconnect || !isPassing(error)) throw error;
    }
    if (!reconnect || isAborted(transport, signal)) return;
    onState?.("lost");
    await pause(pauseMs, signal);
    pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
  }
}

const isAborted = (transport: Transport, signal: AbortSignal | undefined): boolean =>
  signal?.aborted === true || transport.options.signal?.aborted === true;

/** Whether trying again may help: a connection that broke off, a server that is away, starting or busy. */
const isPassing = (error: unknown): boolean =>
  !(error instanceof PatchbayError) || error.status >= 500 || error.status === 429;

const pause = (ms: number, signal: AbortSignal | undefined): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    signal?.addEventListener("abort", done, { once: true });
    function done() {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    }
  });
