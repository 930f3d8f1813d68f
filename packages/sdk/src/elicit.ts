import type { JsonSchema } from "./schema.ts";

/** What a person is asked. */
export interface Elicitation {
  /** What it is about, in a sentence. */
  readonly message: string;
  /** The fields of a form: an object of texts, numbers, booleans and choices. */
  readonly schema: JsonSchema;
}

/** A question that the client itself answers. The Model Context Protocol gives both up; `api.chat` asks models without a client. */
export interface ClientQuestion {
  readonly method: "sampling/createMessage" | "roots/list";
  readonly params?: Readonly<Record<string, unknown>>;
}

/** What a person has made of a question. `content` fits the schema; it is there when they have answered. */
export interface ElicitationAnswer {
  readonly action: "accept" | "decline" | "cancel";
  readonly content?: Readonly<Record<string, unknown>>;
}

/** The answers by the names of the questions. What this client cannot be asked is undefined. */
export type Answers<Q extends Readonly<Record<string, Elicitation | ClientQuestion>>> = {
  readonly [Name in keyof Q]:
    | (Q[Name] extends Elicitation ? ElicitationAnswer : Readonly<Record<string, unknown>>)
    | undefined;
};

/**
 * Asks the person behind the call, in their client of the Model Context Protocol. The call ends, and begins anew with what they have answered: up
 * to here everything happens again, so that what has effects belongs after it. Each time it asks, in the order in which it does, is answered as it
 * was before. Throws `nobody_to_ask` where nobody can be asked any of it: over the HTTP API, on a schedule, for another plugin, by a client that
 * does not know how; and `invalid_input` for an answer that does not fit its schema.
 */
export type Elicit = <const Q extends Readonly<Record<string, Elicitation | ClientQuestion>>>(
  questions: Q,
) => Promise<Answers<Q>>;
