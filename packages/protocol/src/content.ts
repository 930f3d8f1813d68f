import Type, { type Static } from "typebox";
import { strict } from "./manifest-fields.ts";

/** Of one text. */
const MAX_TEXT_LENGTH = 4 * 1024 * 1024;
/** Of one sound or picture in base64, about 6 MiB of it. */
const MAX_DATA_LENGTH = 8 * 1024 * 1024;
const MAX_URI_LENGTH = 2_048;

const Text = Type.String({ maxLength: MAX_TEXT_LENGTH });
const Data = Type.String({ maxLength: MAX_DATA_LENGTH, pattern: "^[A-Za-z0-9+/]*={0,2}$" });
const Uri = Type.String({ minLength: 1, maxLength: MAX_URI_LENGTH });
const MediaType = Type.String({ minLength: 1, maxLength: 256 });

/** What stands at an address: text, or bytes in base64. */
export const ResourceContent = Type.Object(
  {
    uri: Uri,
    mediaType: Type.Optional(MediaType),
    text: Type.Optional(Text),
    data: Type.Optional(Data),
  },
  strict,
);
export type ResourceContent = Static<typeof ResourceContent>;

/** A piece of what a person or a model is to read, see or hear, as clients of MCP know it. */
export const ContentPart = Type.Union([
  Type.Object({ type: Type.Literal("text"), text: Text }, strict),
  Type.Object({ type: Type.Enum(["image", "audio"]), mediaType: MediaType, data: Data }, strict),
  Type.Object({ type: Type.Literal("resource"), resource: ResourceContent }, strict),
]);
export type ContentPart = Static<typeof ContentPart>;

/** What one of the two says. */
export const PromptMessage = Type.Object(
  { role: Type.Enum(["user", "assistant"]), content: ContentPart },
  strict,
);
export type PromptMessage = Static<typeof PromptMessage>;

/**
 * What the host asks of a prompt or a resource, as the input of a call into the plugin. Its answers: a list of `PromptMessage`, of
 * `ResourceContent`, of texts.
 */
export type ContentAsk =
  | { readonly ask: "get"; readonly arguments: Readonly<Record<string, string>> }
  | { readonly ask: "read"; readonly uri: string; readonly variables: Readonly<Record<string, string>> }
  | {
      readonly ask: "complete";
      readonly argument: string;
      /** As far as it is written. */
      readonly value: string;
      readonly given: Readonly<Record<string, string>>;
    };
