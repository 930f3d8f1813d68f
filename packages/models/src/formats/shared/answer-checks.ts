import {
  type ChatAnswer,
  type ChatEvent,
  gatherAnswer,
  MAX_ANSWER_LENGTH,
  MAX_ANSWER_PARTS,
  type ModelError,
} from "@patchbay/protocol";
import { ModelFailure } from "../../model-failure.ts";

const failed = (code: ModelError["code"], message: string): ChatEvent => ({
  type: "error",
  error: { code, message },
});

export const CUT = failed("cut", "The model's answer broke off before its end.");
export const malformed = (what: string): ChatEvent => failed("malformed", `The model's server sent ${what}.`);
export const tooLarge = (): ChatEvent => failed("too_large", "The model's answer is longer than is allowed.");
const EMPTY = failed("empty", "The model's answer is empty.");

/** Counts what an answer comes to, so that none is held that has no end. */
export class AnswerSize {
  #length = 0;
  #parts = 0;
  #last: ChatEvent["type"] | undefined;

  get isEmpty(): boolean {
    return this.#length === 0 && this.#parts === 0;
  }

  /** Whether the answer is too large with this event. */
  add(event: ChatEvent): boolean {
    switch (event.type) {
      case "text":
      case "reasoning":
      case "refusal":
        this.#length += event.text.length;
        if (this.#last !== event.type) this.#parts += 1;
        break;
      case "tool_call_arguments":
        this.#length += event.text.length;
        break;
      case "tool_call":
        this.#length += event.id.length + event.name.length;
        this.#parts += 1;
        break;
      case "reasoning_end":
        for (const proof of [event.signature, event.redacted, event.encrypted])
          this.#length += proof?.length ?? 0;
        this.#parts += 1;
        break;
      default:
        return false;
    }
    this.#last = event.type;
    return this.#length > MAX_ANSWER_LENGTH || this.#parts > MAX_ANSWER_PARTS;
  }
}

/** Holds events of an upstream against what every answer has to be: not endless, and not nothing. */
export class AnswerChecks {
  readonly #size = new AnswerSize();

  /** The event, or the error in its place. */
  check(event: ChatEvent): ChatEvent {
    if (this.#size.add(event)) return tooLarge();
    // A model that was cut short or refused may have said nothing; one that says it is done has not answered then.
    const claimsAnswer = event.type === "finish" && ["stop", "tool_calls", "other"].includes(event.reason);
    return claimsAnswer && this.#size.isEmpty ? EMPTY : event;
  }
}

/** @throws ModelFailure when the events, which are those of a whole answer, come to none. */
export const wholeAnswer = (events: readonly ChatEvent[]): ChatAnswer => {
  const checks = new AnswerChecks();
  const gathered = gatherAnswer(events.map((event) => checks.check(event)));
  if (!gathered.ok) throw new ModelFailure(gathered.error);
  return gathered.value;
};
