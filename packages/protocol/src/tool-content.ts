import Type, { type Static } from "typebox";

/** What a tool that answers with content may say, in the form of the Model Context Protocol: REST shows it as it is. */

const open = { additionalProperties: true } as const;
const Uri = Type.String({ minLength: 1, maxLength: 2_048 });
const MediaType = Type.String({ minLength: 1, maxLength: 255 });
const Base64 = Type.String({ pattern: "^[A-Za-z0-9+/]*={0,2}$" });

const TextPart = Type.Object({ type: Type.Literal("text"), text: Type.String() }, open);
const ImagePart = Type.Object({ type: Type.Literal("image"), data: Base64, mimeType: MediaType }, open);
const AudioPart = Type.Object({ type: Type.Literal("audio"), data: Base64, mimeType: MediaType }, open);
const head = { uri: Uri, mimeType: Type.Optional(MediaType) };
const ResourcePart = Type.Object(
  {
    type: Type.Literal("resource"),
    resource: Type.Union([
      Type.Object({ ...head, text: Type.String() }, open),
      Type.Object({ ...head, blob: Base64 }, open),
    ]),
  },
  open,
);
const ResourceLinkPart = Type.Object(
  { type: Type.Literal("resource_link"), name: Type.String({ minLength: 1, maxLength: 256 }), ...head },
  open,
);

/** One part of what a tool answers for models and people to look at, by its type. */
export const CONTENT_PARTS = {
  text: TextPart,
  image: ImagePart,
  audio: AudioPart,
  resource: ResourcePart,
  resource_link: ResourceLinkPart,
} as const;
const ContentPart = Type.Union([TextPart, ImagePart, AudioPart, ResourcePart, ResourceLinkPart]);
export type ContentPart = Static<typeof ContentPart>;

export const ToolContent = Type.Object(
  {
    content: Type.Array(ContentPart, { maxItems: 1_000 }),
    structuredContent: Type.Optional(Type.Object({}, open)),
  },
  { additionalProperties: false },
);
export type ToolContent = Static<typeof ToolContent>;
