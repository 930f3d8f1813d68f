import Type from "typebox";
import { answerReader } from "./content-answer.ts";

/** What is asked when somebody fills in a value. */
export interface Completing {
  /** The argument of a prompt, or the variable of an address. */
  readonly argument: string;
  /** As far as it is written. */
  readonly value: string;
  /** What else was filled in, by name. */
  readonly given: Readonly<Record<string, string>>;
}

/** What the value could be. */
export const readCompletions = answerReader(
  Type.Array(Type.String({ maxLength: 1_024 }), { maxItems: 100 }),
  "list of texts",
);
