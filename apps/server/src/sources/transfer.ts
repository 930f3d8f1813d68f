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
   * Whether another server may give the answer. Only for what is compared with a digest or shown to nobody: otherwise a server
   * could make this one read what lies in its own network to somebody.
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
  discard(): Promise<void>;
}

/**
 * GET with bounds on everything: time until the answer begins, between its pieces and in all, redirects, size. Throws
 * `TransferFault`, or the reason of `options.signal`.
 */
export const transfer = async (address: string, options: TransferOptions): Promise<Transfer> => {
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
    const response = await follow(start, options, signal);
    const discard = async (): Promise<void> => {
      end();
      await response.body?.cancel().catch(() => undefined);
      whole.abort();
    };
    const sentOnTo = otherHost(start, new URL(response.url));
    const told = (error: unknown): unknown => blamed(explain(error, signal), sentOnTo);
    return {
      status: response.status,
      headers: response.headers,
      sentOnTo,
      body: (maxBytes) => pieces(response, maxBytes, options.patience, told, discard),
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

const follow = async (start: URL, options: TransferOptions, signal: AbortSignal): Promise<Response> => {
  let url = start;
  for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
    const mayKnow = options.authorization != null && url.origin === start.origin;
    const headers = { ...options.headers, ...(mayKnow && { authorization: options.authorization ?? "" }) };
    const response = await firstByte(url, headers, options.patience.answerMs, signal).catch(
      (error: unknown) => {
        throw blamed(explain(error, signal), otherHost(start, url));
      },
    );
    const location = isRedirect(response.status) ? response.headers.get("location") : null;
    if (location === null) return response;
    await response.body?.cancel().catch(() => undefined);
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

const firstByte = async (
  url: URL,
  headers: Readonly<Record<string, string>>,
  answerMs: number,
  signal: AbortSignal,
): Promise<Response> => {
  const late = new AbortController();
  const timer = setTimeout(
    () => late.abort(new TransferFault("unavailable", `did not answer within ${seconds(answerMs)}`)),
    answerMs,
  );
  try {
    const ask = () =>
      fetch(url.href, { headers, redirect: "manual", signal: AbortSignal.any([late.signal, signal]) });
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
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
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
  response: Response,
  maxBytes: number,
  { idleMs }: Patience,
  told: (error: unknown) => unknown,
  discard: () => Promise<void>,
): AsyncGenerator<Uint8Array, void> {
  const reader = response.body?.getReader();
  let bytes = 0;
  try {
    for (;;) {
      const piece = await next(reader, idleMs);
      if (piece === undefined) return;
      bytes += piece.length;
      if (bytes > maxBytes) throw new TransferFault("lie", `sent more than ${maxBytes} bytes`);
      yield piece;
    }
  } catch (error) {
    throw told(error);
  } finally {
    reader?.releaseLock();
    await discard();
  }
}

const next = async (
  reader: ReadableStreamDefaultReader<Uint8Array> | undefined,
  idleMs: number,
): Promise<Uint8Array | undefined> => {
  if (reader === undefined) return undefined;
  const stalled = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => stalled.reject(new TransferFault("unavailable", `sent nothing for ${seconds(idleMs)}`)),
    idleMs,
  );
  try {
    return (await Promise.race([reader.read(), stalled.promise])).value;
  } finally {
    clearTimeout(timer);
  }
};

/** `fetch` keeps the reason in its error's cause; an abort's own reason says more than the error that it makes. */
const explain = (error: unknown, signal: AbortSignal): unknown => {
  if (error instanceof TransferFault) return error;
  if (signal.aborted) return signal.reason;
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
