import Type, { type Static } from "typebox";
import { MemoryCitation } from "../host/memory.ts";
import { MAX_MEMORY_HITS, MAX_MEMORY_QUERY_LENGTH, MAX_MEMORY_TEXT_BYTES } from "../limits.ts";
import { LINES } from "../text.ts";

const strict = { additionalProperties: false } as const;
const Time = Type.String({ description: "RFC 3339" });
const Metadata = Type.Record(Type.String({ maxLength: 128 }), Type.Unknown(), { maxProperties: 64 });

/** A namespace of a plugin's memories. */
export const MemorySpaceDto = Type.Object({
  plugin: Type.String(),
  namespace: Type.String({ description: "Without the plugin's part, as addresses have it" }),
  name: Type.String({ description: "In full, as the plugin knows it" }),
  entries: Type.Integer(),
  createdAt: Time,
});
export type MemorySpaceDto = Static<typeof MemorySpaceDto>;

const CONTENT = {
  text: Type.String(),
  metadata: Metadata,
  citations: Type.Array(MemoryCitation, { description: "The messages that say so" }),
  expiresAt: Type.Union([Time, Type.Null()], { description: "From then on it is not there any more" }),
};

export const MemoryEntryDto = Type.Object({
  id: Type.String(),
  ...CONTENT,
  createdAt: Time,
  updatedAt: Time,
  revision: Type.String({ description: "For `If-Match` of a change" }),
});
export type MemoryEntryDto = Static<typeof MemoryEntryDto>;

const MemoryStateDto = Type.Union([Type.Object(CONTENT), Type.Null()]);

export const MemoryWithHistoryDto = Type.Object({
  ...MemoryEntryDto.properties,
  history: Type.Array(
    Type.Object({
      change: Type.String({ description: "The same for all that was done together" }),
      kind: Type.Enum(["add", "update", "delete", "extract", "consolidate", "undo"]),
      by: Type.Object({
        kind: Type.Enum(["plugin", "user", "api_key", "system"]),
        name: Type.Optional(Type.String()),
      }),
      at: Time,
      before: MemoryStateDto,
      after: MemoryStateDto,
    }),
    { description: "The newest first" },
  ),
});
export type MemoryWithHistoryDto = Static<typeof MemoryWithHistoryDto>;

export const MemorySearchQuery = Type.Object(
  {
    q: Type.Optional(Type.String({ maxLength: MAX_MEMORY_QUERY_LENGTH })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_MEMORY_HITS, default: 10 })),
  },
  strict,
);

export const MemoryAnswerDto = Type.Object({
  hits: Type.Array(
    Type.Object({
      entry: MemoryEntryDto,
      score: Type.Number({ description: "To be compared within one answer alone" }),
      words: Type.Union([Type.Object({ rank: Type.Integer(), share: Type.Number() }), Type.Null()], {
        description: "Its place among those found by words, and how much of the question's words it has",
      }),
      meaning: Type.Union([Type.Object({ rank: Type.Integer(), similarity: Type.Number() }), Type.Null()], {
        description: "Its place among those found by meaning, and how near it is",
      }),
    }),
  ),
  meaning: Type.Enum(["complete", "partial", "unavailable"], {
    description:
      "Whether it was searched by meaning: `partial` where some have no vector yet, `unavailable` where no model embeds",
  }),
});
export type MemoryAnswerDto = Static<typeof MemoryAnswerDto>;

/** What is left out stays as it is. */
export const MemoryChangeBody = Type.Partial(
  Type.Object({
    text: Type.String({ minLength: 1, maxLength: MAX_MEMORY_TEXT_BYTES, format: LINES }),
    metadata: Metadata,
    expiresAt: Type.Union([Type.String({ maxLength: 64 }), Type.Null()], {
      description: "RFC 3339; null: it stays for good",
    }),
  }),
  strict,
);
export type MemoryChangeBody = Static<typeof MemoryChangeBody>;
