import Type, { type Static } from "typebox";

/** What a call may ask of the client that made it, by the names that the Model Context Protocol has for it. */
export const QUESTION_METHODS = ["elicitation/create", "sampling/createMessage", "roots/list"] as const;
export type QuestionMethod = (typeof QUESTION_METHODS)[number];

/** Questions of one call at a time; a person sees a form for each. */
export const MAX_QUESTIONS = 16;

export const Question = Type.Object(
  { method: Type.Enum([...QUESTION_METHODS]), params: Type.Record(Type.String(), Type.Unknown()) },
  { additionalProperties: false },
);
export type Question = Static<typeof Question>;

/** By names of the plugin's own, by which it finds the answers. */
export const Questions = Type.Record(Type.String({ minLength: 1, maxLength: 64 }), Question, {
  minProperties: 1,
  maxProperties: MAX_QUESTIONS,
});
export type Questions = Static<typeof Questions>;

/** What a call may ask, whose client can be asked: it is called again with the answers. */
export interface CallAsks {
  /** What the client can answer. */
  readonly methods: readonly QuestionMethod[];
  /** The answers to what it has asked before, in that order: of each time by the names of the questions. */
  readonly given: readonly Readonly<Record<string, unknown>>[];
}
