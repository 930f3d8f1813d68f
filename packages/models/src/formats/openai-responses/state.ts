import { isJsonObject } from "@patchbay/protocol";
import type { JsonObject } from "../format.ts";
import { listAt } from "../shared/upstream-values.ts";

/** What a body of `/v1/responses` says of answers that are kept, apart from the request itself. */
export interface ResponseState {
  /** Whether the client leaves it to the server to keep the answer, which is so unless it says otherwise. */
  readonly store: boolean;
  /** The answer that this one goes on from, by its id without the prefix. */
  readonly previousId?: string;
  /** Items of earlier answers that stand in the input by their id alone. */
  readonly referenced: readonly string[];
}

const PREFIX = /^resp_/;
const isReference = (item: unknown): item is JsonObject & { id: string } =>
  isJsonObject(item) &&
  typeof item.id === "string" &&
  (item.type === "item_reference" || (item.type === undefined && item.role === undefined));

export const readState = (body: unknown): ResponseState => {
  const { store, previous_response_id: previous } = isJsonObject(body) ? body : {};
  return {
    store: store !== false,
    ...(typeof previous === "string" && { previousId: previous.replace(PREFIX, "") }),
    referenced: listAt(body, "input")
      .filter(isReference)
      .map(({ id }) => id),
  };
};

/**
 * The body with its state resolved, for `readRequest`: `earlier` items (input and output of the answers before) stand before its own, and
 * references become the items that `find` gives; those that it does not know stay, and are refused when the request is read.
 */
export const resolveState = (
  body: JsonObject,
  earlier: readonly JsonObject[],
  find: (id: string) => JsonObject | undefined,
): JsonObject => {
  const { previous_response_id: previous, ...rest } = body;
  const own: unknown[] =
    typeof body.input === "string" ? [{ role: "user", content: body.input }] : listAt(body, "input");
  return {
    ...rest,
    // What is no id is left for the reader to refuse.
    ...(previous !== undefined && typeof previous !== "string" && { previous_response_id: previous }),
    input: [...earlier, ...own.map((item) => (isReference(item) ? (find(item.id) ?? item) : item))],
  };
};

/** The answer whose item this is, by its id without the prefix; undefined for ids of another making. */
export const answerIdOfItem = (itemId: string): string | undefined =>
  /^(?:msg|rs|fc|fco)_(.+)_i?\d+$/.exec(itemId)?.[1];

/** The id under which an item of an answer's input is told and found, among those of its output. */
export const inputItemId = (answerId: string, { type }: JsonObject, index: number): string =>
  `${INPUT_PREFIXES[String(type)] ?? "msg"}_${answerId}_i${index}`;
const INPUT_PREFIXES: Readonly<Record<string, string>> = {
  reasoning: "rs",
  function_call: "fc",
  function_call_output: "fco",
};

/** An item of an input as the format lists it: with its type, in parts, and under the id by which it is found. */
export const listedItem = (answerId: string, item: JsonObject, index: number): JsonObject => {
  const { type = "message", role, content, ...rest } = item;
  const id = inputItemId(answerId, item, index);
  if (type !== "message") return { ...item, id };
  const text = role === "assistant" ? "output_text" : "input_text";
  const parts = typeof content === "string" ? [{ type: text, text: content }] : content;
  return { status: "completed", ...rest, id, type, role, content: parts };
};
