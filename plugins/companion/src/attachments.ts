import { PICTURES, type UserPart } from "./parts.ts";

/** Of all files beside one message: what a kept message takes once they are written as text. */
export const MAX_ATTACHED_BYTES = 700_000;

export interface Attachment {
  readonly name: string;
  readonly bytes: number;
  readonly part: UserPart;
}

const TEXT_TYPES = /^(text\/|application\/(json|xml|yaml|toml|javascript|sql)\b)|\+(json|xml)\b/;
const TEXT_NAMES =
  /\.(md|txt|csv|tsv|log|json|ya?ml|toml|xml|html?|css|[cm]?[jt]sx?|py|rb|go|rs|java|kt|c|h|cpp|cs|sh|sql)$/i;

/** A file as a part of a message: a picture, a text in a block of its own, or else a file. */
export const attach = async (file: File): Promise<Attachment> => {
  const bytes = new Uint8Array(await file.arrayBuffer());
  return { name: file.name, bytes: bytes.length, part: partOf(file, bytes) };
};

const partOf = ({ name, type }: File, bytes: Uint8Array): UserPart => {
  if (PICTURES.test(type)) return { type: "image", source: inline(type, bytes) };
  const text = TEXT_TYPES.test(type) || TEXT_NAMES.test(name) ? textIn(bytes) : null;
  if (text !== null) return { type: "text", text: fenced(name, text) };
  return { type: "file", name, source: inline(type || "application/octet-stream", bytes) };
};

const inline = (mediaType: string, bytes: Uint8Array) =>
  ({ type: "bytes", mediaType, data: toBase64(bytes) }) as const;

/** null for what is no text. */
const textIn = (bytes: Uint8Array): string | null => {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
};

/** A block that nothing in the text can end. */
export const fenced = (name: string, text: string): string => {
  const longest = (text.match(/`{3,}/g) ?? []).reduce((most, { length }) => Math.max(most, length), 2);
  const fence = "`".repeat(longest + 1);
  return `${name}\n\n${fence}\n${text}\n${fence}`;
};

const CHUNK = 0x8000;

const toBase64 = (bytes: Uint8Array): string => {
  let binary = "";
  for (let at = 0; at < bytes.length; at += CHUNK)
    binary += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  return btoa(binary);
};
