import type { ContentPart, ToolContent } from "@patchbay/protocol";

/** Bytes, or their base64. */
type Media = string | Uint8Array<ArrayBuffer>;

/** What a tool says that has `answers: "content"`: a text, or parts of text, images, sound and resources, in their order. */
const make = (...parts: readonly (string | ContentPart)[]): ToolContent => ({
  content: parts.map((part) => (typeof part === "string" ? { type: "text", text: part } : part)),
});

/**
 * Makes the answer of a tool that has `answers: "content"`. Clients of the Model Context Protocol show images and play sound; in the HTTP API the
 * answer stands as it is.
 *
 * ```ts
 * return content("The forecast:", content.image(png, "image/png"));
 * ```
 */
export const content = Object.assign(make, {
  image: (data: Media, mimeType: string): ContentPart => ({ type: "image", data: base64(data), mimeType }),
  audio: (data: Media, mimeType: string): ContentPart => ({ type: "audio", data: base64(data), mimeType }),
  /** A document that the client may keep, by an address of its own. Bytes are sent as they are, a string as text. */
  resource: (uri: string, data: Media, mimeType: string): ContentPart => ({
    type: "resource",
    resource:
      typeof data === "string" ? { uri, mimeType, text: data } : { uri, mimeType, blob: base64(data) },
  }),
  /** Where something is that the client can fetch by itself. */
  link: (uri: string, name: string, mimeType?: string): ContentPart => ({
    type: "resource_link",
    uri,
    name,
    ...(mimeType !== undefined && { mimeType }),
  }),
});

const CHUNK = 0x8000;

const base64 = (data: Media): string => {
  if (typeof data === "string") return data;
  let binary = "";
  for (let at = 0; at < data.length; at += CHUNK)
    binary += String.fromCharCode(...data.subarray(at, at + CHUNK));
  return btoa(binary);
};
