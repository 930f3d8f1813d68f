import { BYTES_TYPE, type ContentPart, isJsonObject } from "@patchbay/protocol";
import type { AnswerFile } from "./tool-files.ts";

/** The parts of an answer to be looked at (`answers: "content"` of a tool); null for any other value. */
export const contentPartsOf = (value: unknown): readonly ContentPart[] | null =>
  Array.isArray(value) && value.length > 0 && value.every(isPart) ? (value as ContentPart[]) : null;

const isPart = (value: unknown): boolean => {
  if (!isJsonObject(value)) return false;
  const { type, text, mediaType, data, resource } = value;
  const members = Object.keys(value).length;
  if (type === "text") return members === 2 && typeof text === "string";
  if (type === "image" || type === "audio")
    return members === 3 && typeof mediaType === "string" && typeof data === "string";
  return type === "resource" && members === 2 && isJsonObject(resource) && typeof resource.uri === "string";
};

/** The bytes of a part as a file to look at and save; null for a part that is text, and for what is no base64. */
export const fileOfPart = (part: ContentPart, index: number): AnswerFile | null => {
  if (part.type === "text") return null;
  const { mediaType = BYTES_TYPE, data } = part.type === "resource" ? part.resource : part;
  if (data === undefined) return null;
  try {
    const bytes = Uint8Array.from(atob(data), (sign) => sign.charCodeAt(0));
    const content = new Blob([bytes], { type: BYTES_TYPE });
    const path = part.type === "resource" ? part.resource.uri : "";
    return { path, name: nameOf(part, mediaType, index), type: mediaType, content };
  } catch {
    return null;
  }
};

/** After the last slash of a resource's address, or of its kind and number: `image-2.png`. */
const nameOf = (part: ContentPart, mediaType: string, index: number): string => {
  const last = part.type === "resource" ? (part.resource.uri.split("/").at(-1) ?? "") : "";
  if (last !== "") return last;
  const ending = /^[a-z]+\/([a-z0-9]+)$/i.exec(mediaType)?.[1] ?? "bin";
  return `${part.type}-${index + 1}.${ending.toLowerCase()}`;
};
