import Type, { type Static } from "typebox";
import { MAX_MODEL_NAME_LENGTH } from "../limits.ts";
import { strict } from "../manifest-fields.ts";

export const MODEL_KINDS = ["chat", "embeddings", "rerank", "speech", "images"] as const;
export type ModelKind = (typeof MODEL_KINDS)[number];

/** What a chat model can be asked for beyond text. One that says nothing of them is thought to have them all. */
export const MODEL_CAPABILITIES = [
  "tools",
  "json",
  "schema",
  "reasoning",
  "images",
  "files",
  "audio",
] as const;
export type ModelCapability = (typeof MODEL_CAPABILITIES)[number];

/** A model, as its provider tells. */
export const ModelInfo = Type.Object(
  {
    /** As requests name it. */
    name: Type.String({
      minLength: 1,
      maxLength: MAX_MODEL_NAME_LENGTH,
      pattern: "^[^\\u0000-\\u001f\\u007f]+$",
    }),
    kind: Type.Enum([...MODEL_KINDS]),
    title: Type.Optional(Type.String({ minLength: 1, maxLength: 256 })),
    /** Tokens of input and output together. */
    contextWindow: Type.Optional(Type.Integer({ minimum: 1 })),
    /** The most tokens of one answer. */
    maxOutputTokens: Type.Optional(Type.Integer({ minimum: 1 })),
    capabilities: Type.Optional(
      Type.Array(Type.Enum([...MODEL_CAPABILITIES]), {
        maxItems: MODEL_CAPABILITIES.length,
      }),
    ),
  },
  strict,
);
export type ModelInfo = Static<typeof ModelInfo>;
