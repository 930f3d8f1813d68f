import type { ContentPart } from "@patchbay/protocol";
import { PluginError } from "../errors.ts";
import type { ToolContext } from "../tool-context.ts";

/** What stands at an address: text, or bytes. `uri` and `mediaType` are those that were asked for unless given. */
export interface ResourcePart {
  readonly uri?: string;
  readonly mediaType?: string;
  readonly text?: string;
  readonly bytes?: Uint8Array;
}

/** A piece of what a person or a model is to read, see or hear. */
export type Content =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "image" | "audio"; readonly mediaType: string; readonly bytes: Uint8Array }
  | { readonly type: "resource"; readonly resource: ResourcePart & { readonly uri: string } };

/** What a value could be that begins like this; `given` has what else was filled in. */
export type Complete = (
  value: string,
  given: Readonly<Record<string, string>>,
  context: ToolContext,
) => readonly string[] | Promise<readonly string[]>;

/** What leaves the sandbox of it. */
export const contentPart = (content: string | Content): ContentPart => {
  if (typeof content === "string") return { type: "text", text: content };
  switch (content.type) {
    case "text":
      return { type: "text", text: content.text };
    case "image":
    case "audio":
      return { type: content.type, mediaType: content.mediaType, data: base64(content.bytes) };
    case "resource": {
      const { uri, ...part } = content.resource;
      return { type: "resource", resource: resourceContent(part, uri) };
    }
  }
};

/** `asked` is the address, and the media type, of what says none. Throws `plugin_error` for a part without text and without bytes. */
export const resourceContent = (part: ResourcePart, asked: string, mediaType?: string) => {
  const { uri = asked, mediaType: own = mediaType, text, bytes } = part;
  if (bytes === undefined && typeof text !== "string")
    throw new PluginError("plugin_error", `What stands at "${uri}" has neither text nor bytes.`);
  return {
    uri,
    ...(own !== undefined && { mediaType: own }),
    ...(bytes === undefined ? { text } : { data: base64(bytes) }),
  };
};

/** A longer list of arguments than this is more than a call takes. */
const PIECE_BYTES = 32_768;

const base64 = (bytes: Uint8Array): string => {
  const pieces: string[] = [];
  for (let at = 0; at < bytes.length; at += PIECE_BYTES)
    pieces.push(String.fromCharCode(...bytes.subarray(at, at + PIECE_BYTES)));
  return btoa(pieces.join(""));
};
