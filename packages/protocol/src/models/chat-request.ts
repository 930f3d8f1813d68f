import Type, { type Static } from "typebox";
import {
  MAX_CHAT_MESSAGES,
  MAX_CHAT_METADATA_ENTRIES,
  MAX_CHAT_TEXT_LENGTH,
  MAX_CHAT_TOOLS,
  MAX_MESSAGE_PARTS,
  MAX_MODEL_NAME_LENGTH,
  MAX_STOP_SEQUENCE_LENGTH,
  MAX_STOP_SEQUENCES,
} from "../limits.ts";
import { strict } from "../manifest-fields.ts";
import { AssistantPart, TextPart, ToolName, ToolResultPart, UserPart } from "./chat-parts.ts";

const partsOf = { minItems: 1, maxItems: MAX_MESSAGE_PARTS };

/** `system` and `developer` tell the model what to do; they differ in name alone. */
export const ChatMessage = Type.Union([
  Type.Object(
    {
      role: Type.Union([Type.Literal("system"), Type.Literal("developer")]),
      parts: Type.Array(TextPart, partsOf),
    },
    strict,
  ),
  Type.Object({ role: Type.Literal("user"), parts: Type.Array(UserPart, partsOf) }, strict),
  Type.Object({ role: Type.Literal("assistant"), parts: Type.Array(AssistantPart, partsOf) }, strict),
  Type.Object({ role: Type.Literal("tool"), parts: Type.Array(ToolResultPart, partsOf) }, strict),
]);
export type ChatMessage = Static<typeof ChatMessage>;

/** A JSON Schema. It is carried, not read. */
const JsonSchemaObject = Type.Record(Type.String(), Type.Unknown());

/** A function of the client's that the model may ask for. */
export const ChatTool = Type.Object(
  {
    name: ToolName,
    description: Type.Optional(Type.String({ maxLength: MAX_CHAT_TEXT_LENGTH })),
    /** JSON Schema of the arguments; a function without has none. */
    parameters: Type.Optional(JsonSchemaObject),
    /** Whether arguments are held to the schema while they are written. */
    strict: Type.Optional(Type.Boolean()),
  },
  strict,
);
export type ChatTool = Static<typeof ChatTool>;

/** `required`: some tool, `{ name }`: this one. */
const ToolChoice = Type.Union([
  Type.Literal("auto"),
  Type.Literal("none"),
  Type.Literal("required"),
  Type.Object({ name: ToolName }, strict),
]);
export type ToolChoice = Static<typeof ToolChoice>;

/** What the answer's text is: `json` any JSON object, `schema` one that fits. */
const ChatOutput = Type.Union([
  Type.Object({ type: Type.Literal("text") }, strict),
  Type.Object({ type: Type.Literal("json") }, strict),
  Type.Object(
    {
      type: Type.Literal("schema"),
      name: Type.Optional(Type.String({ maxLength: 256 })),
      description: Type.Optional(Type.String({ maxLength: MAX_CHAT_TEXT_LENGTH })),
      schema: JsonSchemaObject,
      strict: Type.Optional(Type.Boolean()),
    },
    strict,
  ),
]);
export type ChatOutput = Static<typeof ChatOutput>;

export const REASONING_EFFORTS = ["none", "minimal", "low", "medium", "high", "xhigh", "max"] as const;
export type ReasoningEffort = (typeof REASONING_EFFORTS)[number];
export const REASONING_SUMMARIES = ["auto", "concise", "detailed"] as const;
export type ReasoningSummary = (typeof REASONING_SUMMARIES)[number];

/** That the model should think first. Without any field: as much as it likes. */
const ChatReasoning = Type.Object(
  {
    effort: Type.Optional(Type.Enum([...REASONING_EFFORTS])),
    /** The most tokens that it may take for that. */
    budgetTokens: Type.Optional(Type.Integer({ minimum: 1 })),
    /** How what it thought is told. */
    summary: Type.Optional(Type.Enum([...REASONING_SUMMARIES])),
  },
  strict,
);
export type ChatReasoning = Static<typeof ChatReasoning>;

/** What a client asks of a chat model, whatever format it was written in. What is absent is the model's to choose. */
export const ChatRequest = Type.Object(
  {
    model: Type.String({ minLength: 1, maxLength: MAX_MODEL_NAME_LENGTH }),
    messages: Type.Array(ChatMessage, { minItems: 1, maxItems: MAX_CHAT_MESSAGES }),
    tools: Type.Optional(Type.Array(ChatTool, { maxItems: MAX_CHAT_TOOLS })),
    toolChoice: Type.Optional(ToolChoice),
    /** Whether one answer may call several tools. */
    parallelToolCalls: Type.Optional(Type.Boolean()),
    output: Type.Optional(ChatOutput),
    /** The most tokens of the answer, reasoning included. */
    maxOutputTokens: Type.Optional(Type.Integer({ minimum: 1 })),
    temperature: Type.Optional(Type.Number()),
    topP: Type.Optional(Type.Number()),
    topK: Type.Optional(Type.Integer({ minimum: 0 })),
    stop: Type.Optional(
      Type.Array(Type.String({ maxLength: MAX_STOP_SEQUENCE_LENGTH }), { maxItems: MAX_STOP_SEQUENCES }),
    ),
    seed: Type.Optional(Type.Integer()),
    frequencyPenalty: Type.Optional(Type.Number()),
    presencePenalty: Type.Optional(Type.Number()),
    reasoning: Type.Optional(ChatReasoning),
    /** Whom the client asks for, by a name of its own. */
    user: Type.Optional(Type.String({ maxLength: 1_024 })),
    metadata: Type.Optional(
      Type.Record(Type.String({ maxLength: 256 }), Type.String({ maxLength: 4_096 }), {
        maxProperties: MAX_CHAT_METADATA_ENTRIES,
      }),
    ),
    /** Whether the answer comes as events while it is written. */
    stream: Type.Optional(Type.Boolean()),
    /** Whether a stream tells the usage, in the one format where clients have to ask for it. */
    includeUsage: Type.Optional(Type.Boolean()),
  },
  strict,
);
export type ChatRequest = Static<typeof ChatRequest>;
