import Type, { type Static } from "typebox";
import { strict } from "../manifest-fields.ts";

const Count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

/** What a request used, in tokens. A count that is absent was not told. */
export const ModelUsage = Type.Object(
  {
    /** All of the input, with what came from a cache and what was written to one. */
    inputTokens: Count,
    /** Of these, read from a cache. */
    cachedInputTokens: Type.Optional(Count),
    /** Of these, written to a cache. */
    cacheWriteTokens: Type.Optional(Count),
    /** All of the output, reasoning included. */
    outputTokens: Count,
    /** Of these, for reasoning. */
    reasoningTokens: Type.Optional(Count),
  },
  strict,
);
export type ModelUsage = Static<typeof ModelUsage>;
