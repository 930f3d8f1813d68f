import type { Readable } from "node:stream";
import type { HttpAnswer, HttpClient } from "@patchbay/egress";
import { PatchbayError } from "@patchbay/protocol";
import { MAX_REDIRECTS, type Patience } from "./limits.ts";

/** Something between here and another server went wrong. `reason` completes the sentence "HOST …". */
export class TransferFault extends Error {
  override readonly name = "TransferFault";
  /** `lie`: it answered, but with something that no honest server answers. */
  readonly kind: "unavailable" | "lie";

  constructor(kind: "unavailable" | "lie", reason: string, cause?: unknown) {
    super(reason, { cause });
    this.kind = kind;
  }
}

export interface TransferOptions {
  readonly headers: Readonly<Record<string, string>>;
  /**
   * Whether another server may give the answer. Only for what is compared with a digest or shown to nobody, and only at a public
   * address unless the operator's own network is asked: otherwise a server could make this one ask what lies in its own network.
   */
  readonly elsewhere?: boolean;
  /** Sent to the origin of the first address only. */
  readonly authorization?: string | null;
  readonly patience: Patience;
  /** For the whole transfer, in milliseconds. */
  readonly deadlineMs: number;
  readonly signal?: AbortSignal;
}

/** An answer whose body is still to come. */
export interface Transfer {
  readonly status: number;
  readonly headers: Headers;
  /** The server (with its port) that answered, when redirects led to another one than was asked. */
  readonly sentOnTo: string | null;
  /** Pieces of the body; throws `TransferFault` when it stalls, breaks off or goes on beyond `maxBytes`. */
  body(maxBytes: number): AsyncGenerator<Uint8Array, void>;
  /** Leaves the rest of the answer unread. */
  discard(): void;
}

/**
 * GET with bounds on everything: time until the answer begins, between its pieces and in all, redirects, size. Throws
 * `TransferFault`, or the reason of `options.signal`.
 */
export const transfer = async (
  client: HttpClient,
  address: string,
  options: TransferOptions,
): Promise<Transfer> => {
  const whole = new AbortController();
  const timer = setTimeout(
    () => whole.abort(new TransferFault("unavailable", `took more than ${seconds(options.deadlineMs)}`)),
    options.deadlineMs,
  );
  timer.unref();
  const signal = options.signal ? AbortSignal.any([whole.signal, options.signal]) : whole.signal;
  const end = (): void => clearTimeout(timer);
  const start = new URL(address);
  try {
    const { answer, url } = await follow(client, start, options, signal);
    const discard = (): void => {
      end();
      answer.body.destroy();
      whole.abort();
    };
    const sentOnTo = otherHost(start, url);
    const told = (error: unknown): unknown => blamed(explain(error, signal), sentOnTo);
    return {
      status: answer.status,
      headers: answer.headers,
      sentOnTo,
      body: (maxBytes) => pieces(answer.body, maxBytes, options.patience, told, discard),
      discard,
    };
  } catch (error) {
    end();
    throw explain(error, signal);
  }
};

/** All of a body. Throws `TransferFault`. */
export const readAll = async (answer: Transfer, maxBytes: number): Promise<Buffer> => {
  const parts: Uint8Array[] = [];
  for await (const piece of answer.body(maxBytes)) parts.push(piece);
  return Buffer.concat(parts);
};

const follow = async (
  client: HttpClient,
  start: URL,
  options: TransferOptions,
  signal: AbortSignal,
): Promise<{ answer: HttpAnswer; url: URL }> => {
  let url = start;
  for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
    const mayKnow = options.authorization != null && url.origin === start.origin;
    const headers = { ...options.headers, ...(mayKnow && { authorization: options.authorization ?? "" }) };
    const onlyPublic = url.hostname !== start.hostname && !client.isOwnNetwork(start.hostname);
    const ask = { url, headers, onlyPublic, answerMs: options.patience.answerMs };
    const answer = await firstByte(client, ask, signal).catch((error: unknown) => {
      throw blamed(explain(error, signal), otherHost(start, url));
    });
    const location = isRedirect(answer.status) ? answer.headers.get("location") : null;
    if (location === null) return { answer, url };
    answer.body.destroy();
    url = nextAddress(url, location);
    if (options.elsewhere !== true && url.hostname !== start.hostname)
      throw new TransferFault("lie", `redirected to another server (${url.host})`);
  }
  throw new TransferFault("unavailable", `redirected more than ${MAX_REDIRECTS} times`);
};

const otherHost = (start: URL, url: URL): string | null => (url.host === start.host ? null : url.host);

/** The same fault, said of the server whose it is. */
const blamed = (fault: unknown, host: string | null): unknown =>
  fault instanceof TransferFault && host !== null
    ? new TransferFault(fault.kind, `sent on to ${host}, which ${fault.message}`, fault)
    : fault;

interface Asked {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly onlyPublic: boolean;
  readonly answerMs: number;
}

const firstByte = async (
  client: HttpClient,
  { url, headers, onlyPublic, answerMs }: Asked,
  signal: AbortSignal,
): Promise<HttpAnswer> => {
  const late = new AbortController();
  const timer = setTimeout(
    () => late.abort(new TransferFault("unavailable", `did not answer within ${seconds(answerMs)}`)),
    answerMs,
  );
  try {
    const ask = () =>
      client.request(url, { headers, onlyPublic, signal: AbortSignal.any([late.signal, signal]) });
    // A connection that was kept may be closed by the other side at the very moment in which it is used again.
    return await ask().catch((error: unknown) => {
      if (isClosedConnection(error)) return ask();
      throw error;
    });
  } finally {
    clearTimeout(timer);
  }
};

const isClosedConnection = (error: unknown): boolean => {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return code === "UND_ERR_SOCKET" || code === "ECONNRESET" || code === "EPIPE";
};

const nextAddress = (from: URL, location: string): URL => {
  const next = URL.parse(location, from.href);
  if (next === null || (next.protocol !== "http:" && next.protocol !== "https:"))
    throw new TransferFault("lie", "redirected to what is no web address");
  if (from.protocol === "https:" && next.protocol !== "https:")
    throw new TransferFault("lie", "redirected from an encrypted address to one that is not");
  // Credentials in an address would be sent to whoever it names.
  next.username = "";
  next.password = "";
  return next;
};

async function* pieces(
  body: Readable,
  maxBytes: number,
  { idleMs }: Patience,
  told: (error: unknown) => unknown,
  discard: () => void,
): AsyncGenerator<Uint8Array, void> {
  const iterator = (body as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
  let bytes = 0;
  try {
    for (;;) {
      const piece = await next(iterator, idleMs);
      if (piece === undefined) return;
      bytes += piece.length;
      if (bytes > maxBytes) throw new TransferFault("lie", `sent more than ${maxBytes} bytes`);
      yield piece;
    }
  } catch (error) {
    throw told(error);
  } finally {
    discard();
  }
}

const next = async (iterator: AsyncIterator<Uint8Array>, idleMs: number): Promise<Uint8Array | undefined> => {
  const stalled = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => stalled.reject(new TransferFault("unavailable", `sent nothing for ${seconds(idleMs)}`)),
    idleMs,
  );
  try {
    const { done, value } = await Promise.race([iterator.next(), stalled.promise]);
    return done ? undefined : value;
  } finally {
    clearTimeout(timer);
  }
};

/** An abort's own reason says more than the error that it makes. */
const explain = (error: unknown, signal: AbortSignal): unknown => {
  if (error instanceof TransferFault) return error;
  if (signal.aborted) return signal.reason;
  if (error instanceof PatchbayError) return new TransferFault("lie", "is no public address", error);
  const words = wordsOf(error);
  return new TransferFault("unavailable", `cannot be reached, or broke off (${words})`, error);
};

const wordsOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  return error.cause instanceof Error ? wordsOf(error.cause) : error.message || code || error.name;
};

const isRedirect = (status: number): boolean => [301, 302, 303, 307, 308].includes(status);

const seconds = (ms: number): string => `${ms / 1000} seconds`;
