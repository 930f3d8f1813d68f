import { isJsonObject, masksOf } from "@patchbay/protocol";
import { readJson } from "../schema-form/json-text.ts";
import { splitFiles } from "./tool-files.ts";

/** Of an input in a link, in characters of JSON: what fits into an address everywhere. */
const MAX_LINKED_CHARACTERS = 4_000;
const NAME = "input=";

/** What was entered without files, and without what the schema marks as a secret: what may be kept, and told to others. */
export const tellable = (input: unknown, schema: unknown): unknown => {
  const masks = masksOf(schema);
  if (masks.whole !== null) return {};
  const walk = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(walk);
    if (!isJsonObject(value)) return value;
    const members = Object.entries(value).filter(([name]) => !masks.named.has(name));
    return Object.fromEntries(members.map(([name, member]) => [name, walk(member)]));
  };
  return walk(splitFiles(input).input);
};

/** The part of an address behind `#`, which no server is told; null where the input is too long for one. */
export const hashOf = (input: unknown): string | null => {
  const json = JSON.stringify(input);
  if (json === undefined || json.length > MAX_LINKED_CHARACTERS) return null;
  const bytes = new TextEncoder().encode(json);
  const base64 = btoa(String.fromCharCode(...bytes));
  return `${NAME}${base64.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")}`;
};

/** The input that an address brings, without `#`; undefined where it brings none that can be read. */
export const inputOfHash = (hash: string): unknown => {
  if (!hash.startsWith(NAME) || hash.length > MAX_LINKED_CHARACTERS * 4) return undefined;
  try {
    const binary = atob(hash.slice(NAME.length).replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(binary, (sign) => sign.charCodeAt(0));
    const read = readJson(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    return read.fault === null ? read.value : undefined;
  } catch {
    return undefined;
  }
};
