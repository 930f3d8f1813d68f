import type { Result } from "./errors.ts";

const utf8 = new TextDecoder("utf-8", { fatal: true });
const OPENS = new Set(["{", "["]);
const CLOSES = new Set(["}", "]"]);
/** More than any document has use for; thousands exhaust the stack of whoever writes them down again. */
const DEFAULT_DEPTH = 256;
const DEFAULT_BYTES = 32 * 1024 * 1024;

export interface JsonBounds {
  readonly maxBytes?: number;
  readonly maxDepth?: number;
}

/**
 * A JSON document that a person or another program wrote: UTF-8, with or without a byte order mark, no larger and no deeper than said. The
 * error goes on after "The file".
 */
export const parseJson = (
  source: string | Uint8Array,
  { maxBytes = DEFAULT_BYTES, maxDepth = DEFAULT_DEPTH }: JsonBounds = {},
): Result<unknown, string> => {
  if (source.length > maxBytes)
    return { ok: false, error: `has ${source.length} bytes; ${maxBytes} are allowed` };
  let text: string;
  try {
    text = typeof source === "string" ? source.replace(/^\ufeff/, "") : utf8.decode(source);
  } catch {
    return { ok: false, error: "is not JSON in UTF-8: it holds bytes that are no text. Save it as UTF-8" };
  }
  if (isDeeper(text, maxDepth)) return { ok: false, error: `nests more than ${maxDepth} levels deep` };
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch (error) {
    return { ok: false, error: `is not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
};

/** Counts brackets outside of strings, before anything is built from them. */
const isDeeper = (text: string, levels: number): boolean => {
  let depth = 0;
  let isInString = false;
  for (let index = 0; index < text.length; index += 1) {
    const sign = text.charAt(index);
    if (isInString) {
      if (sign === "\\") index += 1;
      else if (sign === '"') isInString = false;
    } else if (sign === '"') isInString = true;
    else if (OPENS.has(sign)) {
      depth += 1;
      if (depth > levels) return true;
    } else if (CLOSES.has(sign)) depth -= 1;
  }
  return false;
};
