import Type, { type Static } from "typebox";
import {
  MAX_CHAT_TEXT_LENGTH,
  MAX_EMBEDDING_DIMENSIONS,
  MAX_EMBEDDING_INPUTS,
  MAX_EMBEDDING_TOKENS,
  MAX_MODEL_NAME_LENGTH,
} from "../limits.ts";
import { strict } from "../manifest-fields.ts";
import { ModelUsage } from "./usage.ts";

/** A text, or the tokens of one in the model's own numbers. */
const EmbeddingInput = Type.Union([
  Type.String({ maxLength: MAX_CHAT_TEXT_LENGTH }),
  Type.Array(Type.Integer({ minimum: 0 }), { minItems: 1, maxItems: MAX_EMBEDDING_TOKENS }),
]);

export const EmbeddingsRequest = Type.Object(
  {
    model: Type.String({ minLength: 1, maxLength: MAX_MODEL_NAME_LENGTH }),
    inputs: Type.Array(EmbeddingInput, { minItems: 1, maxItems: MAX_EMBEDDING_INPUTS }),
    /** How many numbers each should have, where the model lets one choose. */
    dimensions: Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_EMBEDDING_DIMENSIONS })),
    /** How the client wants to get them: a list, or the bytes of 32-bit floats, lowest first, in base64. */
    encoding: Type.Optional(Type.Union([Type.Literal("float"), Type.Literal("base64")])),
    user: Type.Optional(Type.String({ maxLength: 1_024 })),
  },
  strict,
);
export type EmbeddingsRequest = Static<typeof EmbeddingsRequest>;

export const EmbeddingsAnswer = Type.Object(
  {
    model: Type.Optional(Type.String({ maxLength: MAX_MODEL_NAME_LENGTH })),
    /** One for each input, in their order. */
    embeddings: Type.Array(Type.Array(Type.Number(), { maxItems: MAX_EMBEDDING_DIMENSIONS }), {
      maxItems: MAX_EMBEDDING_INPUTS,
    }),
    usage: Type.Optional(ModelUsage),
  },
  strict,
);
export type EmbeddingsAnswer = Static<typeof EmbeddingsAnswer>;
