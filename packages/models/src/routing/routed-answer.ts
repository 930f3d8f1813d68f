import { setTimeout as sleep } from "node:timers/promises";
import type { ChatEvent, ChatRequest } from "@patchbay/protocol";
import type { EventBatches } from "../events-of.ts";
import type { AskedModel } from "../providers/provider-directory.ts";
import type { Breakers } from "./breakers.ts";
import { type Failure, failureOf, isOfRequest, isOfServer, remedyFor } from "./failures.ts";
import { MAX_RESUMED_LENGTH } from "./limits.ts";
import { ResumedText } from "./resumed-text.ts";

/** A model that may answer. */
export interface Candidate {
  readonly asked: AskedModel;
  /** What its health is known by. */
  readonly key: string;
  /** Asks it. Throws what keeps the caller from asking, and what it fails with before it says anything. */
  ask(): Promise<EventBatches>;
}

/**
 * An answer by the first of several models that gives one. A model that fails for a moment is asked again, then the next one, as long
 * as the client has read nothing; an answer that breaks off after text alone is given whole by the next model. Whatever else the client
 * has read cannot be taken back: then the failure is told.
 */
export class RoutedAnswer {
  /** The last is `finish` or `error`. Throws what keeps the caller from asking all of the models. To be read to the end or returned early. */
  readonly events: EventBatches;
  readonly #candidates: readonly Candidate[];
  readonly #rules: { readonly retries: number; readonly breakers: Breakers };
  readonly #request: Pick<ChatRequest, "output">;
  readonly #signal: AbortSignal;
  #answering: AskedModel;
  /** What the client has read: its text, where another model may have to begin anew, and whether there was anything. */
  #text = "";
  #hasRead: "nothing" | "text" | "more" = "nothing";

  /** `candidates` in their order; the first answers if it can. */
  constructor(
    candidates: readonly [Candidate, ...Candidate[]],
    request: Pick<ChatRequest, "output">,
    rules: { readonly retries: number; readonly breakers: Breakers },
    signal: AbortSignal,
  ) {
    this.#candidates = candidates;
    this.#request = request;
    this.#rules = rules;
    this.#signal = signal;
    this.#answering = candidates[0].asked;
    this.events = this.#answer();
  }

  /** The model that answers, or was asked last. */
  get answering(): AskedModel {
    return this.#answering;
  }

  async *#answer(): EventBatches {
    let told: Failure | undefined;
    for (const candidate of this.#awake()) {
      const failure = yield* this.#ask(candidate);
      if (failure === null) return;
      // What the first one failed with: that is the model that was asked for.
      told ??= failure;
      const isFirst = told === failure;
      const isToBeTold = remedyFor(failure, 1, 0) === "tell" && (isFirst || !isOfRequest(failure));
      if (this.#signal.aborted || this.#mayNotBegin() || isToBeTold) {
        told = failure;
        break;
      }
    }
    if (told?.refusal !== undefined) throw told.refusal;
    if (told !== undefined) yield [{ type: "error", error: told.error }];
  }

  /** Those that are not left out, or all of them when all are. */
  #awake(): readonly Candidate[] {
    if (this.#candidates.length === 1) return this.#candidates;
    const awake = this.#candidates.filter(({ key }) => this.#rules.breakers.restOf(key) === 0);
    return awake.length === 0 ? this.#candidates : awake;
  }

  /** Whether the client has read something that another answer cannot follow. */
  #mayNotBegin(): boolean {
    const isText = (this.#request.output?.type ?? "text") === "text";
    return this.#hasRead === "more" || (this.#hasRead === "text" && !isText);
  }

  /** Asks a model until it answers (null) or there is no use in asking it again. */
  async *#ask(candidate: Candidate): AsyncGenerator<readonly ChatEvent[], Failure | null> {
    for (let tries = 1; ; tries++) {
      this.#answering = candidate.asked;
      const failure = yield* this.#tryOnce(candidate);
      if (failure === null || this.#signal.aborted) return failure;
      if (this.#hasRead !== "nothing") return failure;
      const remedy = remedyFor(failure, tries, this.#rules.retries);
      if (typeof remedy === "string") return failure;
      await sleep(remedy.againAfterMs, undefined, { signal: this.#signal }).catch(() => undefined);
      if (this.#signal.aborted) return failure;
    }
  }

  async *#tryOnce(candidate: Candidate): AsyncGenerator<readonly ChatEvent[], Failure | null> {
    const watched = this.#rules.breakers.watch(candidate.key);
    try {
      const failure = yield* this.#passOn(await candidate.ask());
      if (failure === null || isOfServer(failure)) watched.end(failure === null);
      return failure;
    } catch (error) {
      const failure = failureOf(error);
      if (isOfServer(failure)) watched.end(false);
      return failure;
    } finally {
      // Whoever reads has left, or it says nothing of the model.
      watched.leave();
    }
  }

  /** Passes an answer on. What says nothing yet is held back until something does, so that a failure leaves no trace. */
  async *#passOn(events: EventBatches): AsyncGenerator<readonly ChatEvent[], Failure | null> {
    const resumed = this.#hasRead === "nothing" ? null : new ResumedText(this.#text);
    // Says that another model answers from here on.
    const passing: Passing = {
      resumed,
      held: new Map(),
      isEmpty: true,
      told: resumed === null ? [] : [{ type: "start" }],
    };
    for await (const batch of events) {
      const end = this.#take(batch, passing);
      const { told } = passing;
      passing.told = [];
      if (told.length > 0) yield told;
      if (end !== undefined) return end;
    }
    return {
      error: { code: "cut", message: "The model's answer broke off before its end." },
      isLasting: false,
    };
  }

  /** Adds to what is told what the client gets to read of the batch. What the answer ended with, if it has: null for a whole one. */
  #take(batch: readonly ChatEvent[], passing: Passing): Failure | null | undefined {
    const { resumed, held, told } = passing;
    for (const event of batch) {
      if (event.type === "error") return { error: event.error, isLasting: false };
      const isSilent = event.type === "start" || event.type === "usage";
      if (isSilent && this.#hasRead === "nothing") {
        held.set(event.type, event);
        continue;
      }
      passing.isEmpty &&= isSilent || (event.type === "text" && event.text === "") || isPlainEnd(event);
      // Nothing does not replace what broke off: the client would take that for the whole answer.
      if (resumed !== null && passing.isEmpty && isPlainEnd(event)) return EMPTY;
      if (held.size > 0) told.push(...held.values());
      held.clear();
      for (const one of resumed === null ? [event] : resumed.take(event)) {
        this.#note(one);
        told.push(one);
      }
      if (event.type === "finish") return null;
    }
    return undefined;
  }

  #note(event: ChatEvent): void {
    const { type } = event;
    if (type === "start" || type === "usage" || type === "finish") return;
    if (type !== "text") this.#hasRead = "more";
    else if (this.#hasRead === "nothing") this.#hasRead = "text";
    if (this.#candidates.length > 1 && this.#hasRead === "text" && "text" in event) this.#text += event.text;
    // So much is not held for a model that may have to begin anew.
    if (this.#text.length <= MAX_RESUMED_LENGTH) return;
    this.#hasRead = "more";
    this.#text = "";
  }
}

/** An answer on its way to the client. */
interface Passing {
  readonly resumed: ResumedText | null;
  /** The last of each kind that says nothing, which replaces those before it: a model may say them for as long as it likes. */
  readonly held: Map<ChatEvent["type"], ChatEvent>;
  /** Whether it has said nothing yet. */
  isEmpty: boolean;
  /** What the client reads next. */
  told: ChatEvent[];
}

/** An end that says nothing but that the answer is whole. */
const isPlainEnd = (event: ChatEvent): boolean =>
  event.type === "finish" && event.reason !== "content_filter" && event.reason !== "refusal";

const EMPTY: Failure = {
  error: { code: "empty", message: "The model answered with nothing." },
  isLasting: false,
};
