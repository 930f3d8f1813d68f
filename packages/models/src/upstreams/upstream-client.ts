import { Readable } from "node:stream";
import { type HostAnswer, type HostCall, type HostCaller, OwnSlots } from "@patchbay/core";
import {
  type ChatEvent,
  excessOf,
  type FetchHead,
  type ModelUpstream,
  PatchbayError,
} from "@patchbay/protocol";
import { type EventBatches, eventsOf } from "../events-of.ts";
import type { Format, JsonObject } from "../formats/format.ts";
import {
  ANSWER_BOUNDS,
  LARGE_UPSTREAM_ANSWER_BYTES,
  MAX_EVENT_DEPTH,
  MAX_LARGE_ANSWERS_AT_ONCE,
  MAX_UPSTREAM_CALL_MS,
  MAX_UPSTREAM_CALLS_AT_ONCE,
} from "../limits.ts";
import { ModelFailure } from "../model-failure.ts";
import { retryAfterIn } from "./retry-after.ts";
import { placeOf } from "./upstream-place.ts";
import { Watch } from "./watch.ts";

/** How long an upstream is waited for, in milliseconds. */
export interface Patience {
  /** For the first thing that a stream says. */
  readonly firstMs: number;
  /** For each further one. */
  readonly silenceMs: number;
  /** For a whole answer. */
  readonly wholeMs: number;
}

/** Makes a request under the grants of the plugin that `call` names, and with its secrets. */
export type Send = (call: HostCall) => Promise<HostAnswer>;

/** Where a request goes, in whose stead, and until when somebody waits for it. */
export interface UpstreamCall {
  readonly spec: HostCaller;
  readonly project: string | undefined;
  readonly upstream: ModelUpstream;
  readonly signal: AbortSignal;
}

interface Answered {
  readonly head: FetchHead;
  readonly body: AsyncIterable<Uint8Array>;
}

/** What a whole answer may be. */
interface AnswerBounds {
  readonly maxBytes: number;
  readonly maxValues: number;
  /** How long it is waited for; as long as the patience for whole answers unless given. */
  readonly ms?: number;
}

/** How long the end of a stream is waited for that has said its last, so that its connection can be used again. */
const END_MS = 50;

/** Asks servers that have models. Throws `ModelFailure` for what they fail with, and what keeps the plugin from asking them. */
export class UpstreamClient {
  readonly #send: Send;
  readonly #patience: Patience;
  readonly #large = new OwnSlots(MAX_LARGE_ANSWERS_AT_ONCE);

  constructor(send: Send, patience: Patience) {
    this.#send = send;
    this.#patience = patience;
  }

  /** The JSON that comes back, for a body or, without one, of a GET. */
  async ask(
    call: UpstreamCall,
    format: Format,
    path: string,
    body?: JsonObject,
    bounds: AnswerBounds = ANSWER_BOUNDS,
  ): Promise<unknown> {
    const watch = new Watch(call.signal);
    watch.wait(bounds.ms ?? this.#patience.wholeMs, "did not answer");
    try {
      const answered = await this.#request(call, format, path, body, watch.signal);
      return await this.#jsonOf(answered, bounds, { ...call, signal: watch.signal });
    } catch (error) {
      throw watch.explain(error);
    } finally {
      watch.end();
    }
  }

  /** The events of a stream, in the batches in which they arrive. Never without a last one. */
  async *stream(call: UpstreamCall, format: Format, path: string, body: JsonObject): EventBatches {
    const { firstMs, silenceMs } = this.#patience;
    const watch = new Watch(call.signal);
    watch.wait(firstMs, "did not begin to answer");
    let hasBegun = false;
    let hasEnded = false;
    try {
      const answered = await this.#request(call, format, path, body, watch.signal);
      if (!isEventStream(answered.head)) {
        // Not every server knows how to stream.
        yield eventsOf(
          format.readAnswer(await this.#jsonOf(answered, ANSWER_BOUNDS, { ...call, signal: watch.signal })),
        );
        return;
      }
      const reader = format.readEvents();
      for await (const chunk of answered.body) {
        const events = hasEnded ? [] : reader.push(chunk);
        if (events.length === 0) continue;
        hasBegun ||= events.some(({ type }) => type !== "start");
        if (hasBegun) watch.rest();
        yield events;
        hasEnded = isLast(events.at(-1));
        if (hasEnded) watch.wait(END_MS, "did not end its answer");
        else if (hasBegun) watch.wait(silenceMs, "was silent in the middle of its answer");
      }
      if (!hasEnded) yield reader.end();
    } catch (error) {
      if (hasEnded) return;
      const fault = watch.explain(error);
      throw hasBegun && isBreak(fault) && !call.signal.aborted ? CUT : fault;
    } finally {
      watch.end();
    }
  }

  /** Of each installation and project only some large answers are held at a time: those who send them wait for each other, and for nobody else. */
  async #jsonOf(
    { head, body }: Answered,
    bounds: AnswerBounds,
    { spec, project, signal }: UpstreamCall,
  ): Promise<unknown> {
    const { maxBytes, maxValues } = bounds;
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    let release: (() => void) | undefined;
    try {
      for await (const chunk of body) {
        chunks.push(chunk);
        bytes += chunk.length;
        if (bytes > maxBytes) throw tooLarge();
        if (bytes > LARGE_UPSTREAM_ANSWER_BYTES)
          release ??= await this.#large.take(`${spec.installationId} ${project ?? ""}`, signal);
      }
      const [only] = chunks;
      const whole = only instanceof Buffer && chunks.length === 1 ? only : Buffer.concat(chunks);
      if (excessOf(whole, { maxValues, maxDepth: MAX_EVENT_DEPTH }) !== null) throw tooLarge();
      return jsonIn(whole.toString(), head);
    } finally {
      release?.();
    }
  }

  async #request(
    { spec, project, upstream }: UpstreamCall,
    format: Format,
    path: string,
    body: JsonObject | undefined,
    signal: AbortSignal,
  ): Promise<Answered> {
    const place = placeOf(upstream);
    const { value, body: answer } = await this.#send({
      spec,
      ...(project !== undefined && { project }),
      method: "fetch",
      params: {
        url: place.addressOf(path),
        method: body === undefined ? "GET" : "POST",
        headers: place.headers,
        redirect: "error",
        hasBody: body !== undefined,
      },
      attachment: Buffer.from(body === undefined ? "" : JSON.stringify(body)),
      signal,
      allowance: {
        share: `${project ?? ""} ${place.origin}`,
        atOnce: MAX_UPSTREAM_CALLS_AT_ONCE,
        totalMs: MAX_UPSTREAM_CALL_MS,
      },
    });
    const answered = { head: value as FetchHead, body: answer ?? Readable.from([]) };
    if (answered.head.status >= 200 && answered.head.status < 300) return answered;
    throw await failureOf(answered, format);
  }
}

const isLast = (event: ChatEvent | undefined): boolean => event?.type === "finish" || event?.type === "error";

const CUT = new ModelFailure({ code: "cut", message: "The model's answer broke off before its end." });

/** Whether the connection broke, and not something that has a name. */
const isBreak = (error: unknown): boolean =>
  error instanceof PatchbayError ? error.code === "fetch_failed" : !(error instanceof ModelFailure);

const headerIn = ({ headers }: FetchHead, wanted: string): string | undefined =>
  headers.find(([name]) => name.toLowerCase() === wanted)?.[1];

const isEventStream = (head: FetchHead): boolean =>
  headerIn(head, "content-type")?.toLowerCase().startsWith("text/event-stream") === true;

const tooLarge = (): ModelFailure =>
  new ModelFailure({ code: "too_large", message: "The model's server answered with more than is taken." });

const jsonIn = (text: string, head: FetchHead): unknown => {
  const value = parsed(text);
  if (value !== undefined) return value;
  if (text.trim() === "")
    throw new ModelFailure({ code: "empty", message: "The model's server answered with nothing." });
  const type = headerIn(head, "content-type")?.slice(0, 100) ?? "no content type";
  throw new ModelFailure({
    code: "malformed",
    message: `The model's server answered with something else than JSON (${type}).`,
  });
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const failureOf = async ({ head, body }: Answered, format: Format): Promise<ModelFailure> => {
  // Its length is bounded on the way here, as all is that comes back without success.
  const text = Buffer.concat(await Array.fromAsync(body)).toString();
  const error = format.readError(head.status, parsed(text) ?? text);
  const retryAfterSeconds = error.retryAfterSeconds ?? retryAfterIn((name) => headerIn(head, name));
  return new ModelFailure({ ...error, ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) });
};
