import type { ContentBlock } from "@modelcontextprotocol/server";
import type { ContentPart, ResourceContent } from "@patchbay/protocol";

/** What stands at an address, in the form of the protocol. `uri`: where its clients find it, if not there. */
export const toResourceContents = ({ uri: own, mediaType, text, data }: ResourceContent, uri = own) => ({
  uri,
  ...(mediaType !== undefined && { mimeType: mediaType }),
  ...(data === undefined ? { text: text ?? "" } : { blob: data }),
});

/** A piece of content, in the form of the protocol. */
export const toContentBlock = (part: ContentPart): ContentBlock => {
  switch (part.type) {
    case "text":
      return part;
    case "image":
    case "audio":
      return { type: part.type, data: part.data, mimeType: part.mediaType };
    case "resource":
      return { type: "resource", resource: toResourceContents(part.resource) };
    default:
      return part satisfies never;
  }
};
