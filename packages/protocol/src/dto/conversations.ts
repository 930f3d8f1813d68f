import Type, { type Static } from "typebox";
import { CONVERSATION_SCOPES, EXPORT_FORMATS } from "../host/conversations.ts";
import { MAX_SEARCH_LENGTH } from "../limits.ts";

const Open = Type.Record(Type.String(), Type.Unknown());

/** A conversation that a plugin keeps, as administrators see it whom the policy lets. */
export const ConversationDto = Type.Object({
  id: Type.String(),
  scope: Type.Enum([...CONVERSATION_SCOPES]),
  person: Type.Union(
    [Type.Object({ id: Type.String(), name: Type.String(), email: Type.String() }), Type.Null()],
    {
      description: "Whose it is; null for one of the plugin",
    },
  ),
  title: Type.Union([Type.String(), Type.Null()]),
  metadata: Open,
  branchedFrom: Type.Union([
    Type.Object({ conversation: Type.String(), message: Type.Union([Type.String(), Type.Null()]) }),
    Type.Null(),
  ]),
  messages: Type.Integer(),
  bytes: Type.Integer(),
  createdAt: Type.String({ format: "date-time" }),
  updatedAt: Type.String({ format: "date-time" }),
  found: Type.Optional(
    Type.Object(
      { message: Type.String(), role: Type.String(), excerpt: Type.String() },
      { description: "The message that fits best what was searched for" },
    ),
  ),
});
export type ConversationDto = Static<typeof ConversationDto>;

export const KeptMessageDto = Type.Object({
  id: Type.String(),
  createdAt: Type.String({ format: "date-time" }),
  message: Open,
});
export type KeptMessageDto = Static<typeof KeptMessageDto>;

export const ConversationSearch = Type.Object(
  {
    q: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: MAX_SEARCH_LENGTH,
        description: "Words that one message, or the title, has; the best come first, on one page",
      }),
    ),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 50 })),
    cursor: Type.Optional(Type.String({ maxLength: 256 })),
  },
  { additionalProperties: false },
);
export type ConversationSearch = Static<typeof ConversationSearch>;

export const ConversationExport = Type.Object(
  { format: Type.Optional(Type.Enum([...EXPORT_FORMATS], { default: "json" })) },
  { additionalProperties: false },
);
