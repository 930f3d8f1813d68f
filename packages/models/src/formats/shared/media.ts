import type { MediaSource } from "@patchbay/protocol";

const DATA_URL = /^data:([^;,]*)((?:;[^;,]*)*?);base64,/i;

/** A URL as a client gives it: `data:` URLs become bytes. Undefined for those that are not in base64, which nobody sends. */
export const sourceOfUrl = (url: string): MediaSource | undefined => {
  if (!/^data:/i.test(url)) return { type: "url", url };
  const [head, mediaType = ""] = DATA_URL.exec(url.slice(0, 1_024)) ?? [];
  if (head === undefined) return undefined;
  return {
    type: "bytes",
    mediaType: mediaType === "" ? "application/octet-stream" : mediaType.toLowerCase(),
    data: url.slice(head.length),
  };
};

export const urlOfSource = (source: MediaSource): string =>
  source.type === "url" ? source.url : `data:${source.mediaType};base64,${source.data}`;
