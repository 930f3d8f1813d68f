import { isJsonObject } from "@patchbay/protocol";
import { readJson } from "../../../components/schema-form/json-text.ts";

export interface Turn {
  readonly id: number;
  readonly role: "user" | "assistant";
  readonly content: string;
}

/** A question as it is being written. */
export interface Question {
  readonly model: string;
  readonly system: string;
  readonly turns: readonly Turn[];
  /** A number; a text that is none; undefined for the model's own. */
  readonly temperature: number | string | undefined;
  readonly maxTokens: number | string | undefined;
  /** A JSON Schema as it is typed; empty for answers in words. */
  readonly schema: string;
  readonly stream: boolean;
}

/** The body of a question, as OpenAI's chat completions have it. */
export interface QuestionBody {
  readonly model: string;
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  readonly temperature?: number;
  readonly max_completion_tokens?: number;
  readonly response_format?: {
    readonly type: "json_schema";
    readonly json_schema: { readonly name: string; readonly schema: object };
  };
}

/** The schema that is typed: null for none, undefined where it is no schema. */
export const schemaOf = ({ schema }: Pick<Question, "schema">): object | null | undefined => {
  const read = readJson(schema);
  if (read.fault !== null) return undefined;
  if (read.value === undefined) return null;
  return isJsonObject(read.value) ? read.value : undefined;
};

/** What is sent; undefined as long as something is missing or wrong. */
export const bodyOf = (question: Question): QuestionBody | undefined => {
  const { model, system, turns, temperature, maxTokens } = question;
  const schema = schemaOf(question);
  const said = turns.filter(({ content }) => content.trim() !== "");
  const isWrong = typeof temperature === "string" || typeof maxTokens === "string" || schema === undefined;
  if (model === "" || said.at(-1)?.role !== "user" || isWrong) return undefined;
  return {
    model,
    messages: [
      ...(system.trim() === "" ? [] : [{ role: "system", content: system }]),
      ...said.map(({ role, content }) => ({ role, content })),
    ],
    ...(temperature !== undefined && { temperature }),
    ...(maxTokens !== undefined && { max_completion_tokens: maxTokens }),
    ...(schema !== null && {
      response_format: { type: "json_schema", json_schema: { name: "answer", schema } },
    }),
  };
};
