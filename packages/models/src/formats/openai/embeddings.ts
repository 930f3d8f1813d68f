import {
  type EmbeddingsAnswer,
  type EmbeddingsRequest,
  isJsonObject,
  MAX_CHAT_TEXT_LENGTH,
  MAX_EMBEDDING_DIMENSIONS,
  MAX_EMBEDDING_INPUTS,
  MAX_EMBEDDING_TOKENS,
  MAX_MODEL_NAME_LENGTH,
} from "@patchbay/protocol";
import { ModelFailure } from "../../model-failure.ts";
import type { JsonObject } from "../format.ts";
import { BodyFields, Faults } from "../shared/body-fields.ts";
import { defined } from "../shared/defined.ts";
import { countAt, listAt, objectAt, textAt, usageOf } from "../shared/upstream-values.ts";

/** A body of `/v1/embeddings`. @throws PatchbayError `invalid_request` with a pointer for each field that is malformed */
export const readEmbeddingsRequest = (value: unknown): EmbeddingsRequest => {
  const faults = new Faults();
  const body = new BodyFields(value, faults);
  const request = defined({
    model: body.needString("model", MAX_MODEL_NAME_LENGTH, 1),
    inputs: readInputs(body),
    dimensions: body.integer("dimensions", 1),
    encoding: body.oneOf("encoding_format", ["float", "base64"]),
    user: body.string("user", 1_024),
  });
  if ((request.dimensions ?? 1) > MAX_EMBEDDING_DIMENSIONS)
    body.fault("dimensions", `Give at most ${MAX_EMBEDDING_DIMENSIONS}.`);
  faults.throwIfAny();
  return request;
};

const isTokens = (value: unknown): value is number[] =>
  Array.isArray(value) &&
  value.length > 0 &&
  value.length <= MAX_EMBEDDING_TOKENS &&
  value.every((token) => Number.isSafeInteger(token) && token >= 0);

const isText = (value: unknown): value is string =>
  typeof value === "string" && value.length <= MAX_CHAT_TEXT_LENGTH;

/** One text, one list of tokens, or a list of either. */
const readInputs = (body: BodyFields): EmbeddingsRequest["inputs"] => {
  const input = body.raw("input");
  if (isText(input)) return [input];
  if (isTokens(input)) return [input];
  const items = body.list("input", MAX_EMBEDDING_INPUTS);
  const inputs = items.filter((item) => isText(item) || isTokens(item));
  if (inputs.length === 0 || inputs.length < items.length)
    body.fault("input", "Give a text, a list of texts, or lists of tokens; none may be empty.");
  return inputs;
};

/** A body for an upstream, which is always asked for base64: it is a fifth of the length. `readEmbeddingsAnswer` reads both. */
export const writeEmbeddingsRequest = ({
  model,
  inputs,
  dimensions,
  user,
}: EmbeddingsRequest): JsonObject => ({
  model,
  input: inputs,
  encoding_format: "base64",
  ...defined({ dimensions, user }),
});

const failure = (message: string): ModelFailure => new ModelFailure({ code: "malformed", message });

/**
 * An upstream's answer. `count` is how many texts were sent.
 * @throws ModelFailure when it is not one embedding for each text
 */
export const readEmbeddingsAnswer = (body: unknown, count: number): EmbeddingsAnswer => {
  const items = listAt(body, "data");
  const embeddings: number[][] = [];
  for (const [place, item] of items.entries()) {
    const index = countAt(item, "index") ?? place;
    const numbers = readEmbedding(isJsonObject(item) ? item.embedding : undefined);
    if (index >= count || embeddings[index] !== undefined || numbers === undefined)
      throw failure("The model's server sent embeddings that do not belong to the texts.");
    embeddings[index] = numbers;
  }
  if (items.length !== count)
    throw failure(`The model's server sent ${items.length} embeddings for ${count} texts.`);
  const counts = objectAt(body, "usage");
  const inputTokens = countAt(counts, "prompt_tokens") ?? countAt(counts, "total_tokens");
  const usage = inputTokens === undefined ? undefined : usageOf({ inputTokens, outputTokens: 0 });
  return defined({ model: textAt(body, "model")?.slice(0, MAX_MODEL_NAME_LENGTH), embeddings, usage });
};

const readEmbedding = (value: unknown): number[] | undefined => {
  const numbers = typeof value === "string" ? floatsOf(value) : value;
  const isFit = Array.isArray(numbers) && numbers.length > 0 && numbers.length <= MAX_EMBEDDING_DIMENSIONS;
  return isFit && numbers.every((number) => Number.isFinite(number)) ? numbers : undefined;
};

const FLOAT_BYTES = 4;

const floatsOf = (base64: string): number[] => {
  const bytes = Buffer.from(base64, "base64");
  return Array.from({ length: Math.floor(bytes.length / FLOAT_BYTES) }, (_, index) =>
    bytes.readFloatLE(index * FLOAT_BYTES),
  );
};

const base64Of = (numbers: readonly number[]): string => {
  const bytes = Buffer.alloc(numbers.length * FLOAT_BYTES);
  for (const [index, number] of numbers.entries()) bytes.writeFloatLE(number, index * FLOAT_BYTES);
  return bytes.toString("base64");
};

/** The answer for a client, in the encoding that it asked for. `model` is the name that it is to read. */
export const writeEmbeddingsAnswer = (
  { embeddings, usage }: EmbeddingsAnswer,
  { model, encoding }: { readonly model: string; readonly encoding?: EmbeddingsRequest["encoding"] },
): JsonObject => ({
  object: "list",
  data: embeddings.map((numbers, index) => ({
    object: "embedding",
    index,
    embedding: encoding === "base64" ? base64Of(numbers) : numbers,
  })),
  model,
  usage: { prompt_tokens: usage?.inputTokens ?? 0, total_tokens: usage?.inputTokens ?? 0 },
});
