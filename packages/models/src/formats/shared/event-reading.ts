import { type ChatEvent, isJsonObject, parseJson, type Result } from "@patchbay/protocol";
import { createParser, type EventSourceMessage } from "eventsource-parser";
import { MAX_EVENT_DEPTH, MAX_UPSTREAM_EVENT_LENGTH, SHORT_EVENT_LENGTH } from "../../limits.ts";
import type { EventReader, JsonObject } from "../format.ts";
import { AnswerChecks, CUT, malformed, tooLarge } from "./answer-checks.ts";
import { RepeatedText } from "./repeated-text.ts";

/** What tells the events of one format from its wire. Gets whatever an upstream sends and never throws. */
export interface EventTranslator {
  take(data: JsonObject): ChatEvent[];
  /** For the text `[DONE]`, with which some formats end. */
  done?(): ChatEvent[];
}

const BOUNDS = { maxBytes: MAX_UPSTREAM_EVENT_LENGTH, maxDepth: MAX_EVENT_DEPTH };

const parseShort = (text: string): Result<unknown, undefined> => {
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch {
    return { ok: false, error: undefined };
  }
};

/** Server-sent events to events of a model, with the bounds that hold for all formats. */
export class SseEventReader implements EventReader {
  readonly #translator: EventTranslator;
  readonly #checks = new AnswerChecks();
  readonly #repeated = new RepeatedText();
  readonly #decoder = new TextDecoder();
  readonly #parser = createParser({
    maxBufferSize: MAX_UPSTREAM_EVENT_LENGTH,
    onEvent: (message) => this.#take(message),
    onError: (error) => {
      if (error.type === "max-buffer-size-exceeded") this.#emit([tooLarge()]);
    },
  });
  #ready: ChatEvent[] = [];
  #hasEnded = false;
  /** The stream is over: what does not parse now is what was cut in the middle. */
  #isOver = false;

  constructor(translator: EventTranslator) {
    this.#translator = translator;
  }

  push(chunk: Uint8Array | string): ChatEvent[] {
    if (this.#hasEnded || this.#isOver) return [];
    this.#feed(typeof chunk === "string" ? chunk : this.#decoder.decode(chunk, { stream: true }));
    return this.#flush();
  }

  end(): ChatEvent[] {
    if (this.#hasEnded || this.#isOver) return [];
    this.#isOver = true;
    // The last event counts without the blank line behind it.
    this.#feed("\n\n");
    if (!this.#hasEnded) this.#emit([CUT]);
    return this.#flush();
  }

  #feed(text: string): void {
    try {
      this.#parser.feed(text);
    } catch {
      this.#emit([malformed("what is no stream of events")]);
    }
  }

  #take({ data }: EventSourceMessage): void {
    if (this.#hasEnded) return;
    this.#emit(data.trim() === "[DONE]" ? (this.#translator.done?.() ?? []) : this.#translate(data));
  }

  #translate(data: string): ChatEvent[] {
    const isShort = data.length <= SHORT_EVENT_LENGTH;
    const text = isShort ? this.#repeated.textIn(data) : undefined;
    if (text !== undefined) return [{ type: "text", text }];
    const read = isShort ? parseShort(data) : parseJson(data, BOUNDS);
    if (!read.ok) return [this.#isOver ? CUT : malformed("an event that is not JSON")];
    if (!isJsonObject(read.value)) return [malformed("an event that is no object")];
    const events = this.#translator.take(read.value);
    if (isShort) this.#repeated.learn(data, events);
    else this.#repeated.forget();
    return events;
  }

  #emit(events: readonly ChatEvent[]): void {
    for (const event of events) {
      if (this.#hasEnded) return;
      const checked = this.#checks.check(event);
      this.#hasEnded = checked.type === "error" || checked.type === "finish";
      this.#ready.push(checked);
    }
  }

  #flush(): ChatEvent[] {
    const events = this.#ready;
    this.#ready = [];
    return events;
  }
}
