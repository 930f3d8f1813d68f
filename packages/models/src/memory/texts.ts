import { createHash } from "node:crypto";
import type { MemoryContent, NewMemory } from "@patchbay/core";
import {
  MAX_MEMORY_METADATA_BYTES,
  MAX_MEMORY_TEXT_BYTES,
  type MemoryCitation,
  PatchbayError,
} from "@patchbay/protocol";

/** The text as it is kept. Throws `invalid_input` for none, `quota_exceeded` for one that is too long. */
export const memoryText = (given: string): string => {
  const text = given.trim();
  if (text === "") throw invalid("A memory needs a text.");
  requireExact("text of a memory", text);
  requireSize("The text of a memory", text, MAX_MEMORY_TEXT_BYTES);
  return text;
};

export const memoryMetadata = (
  metadata: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> => {
  const json = JSON.stringify(metadata);
  // As the database has it, which tells no such characters from none.
  if (json.includes("\\u0000") || /\\ud[89a-f]/i.test(json))
    throw invalid("Metadata cannot contain the NUL character or half of a surrogate pair.");
  requireSize("The metadata of a memory", json, MAX_MEMORY_METADATA_BYTES);
  return metadata;
};

export const memoryCitation = (citation: MemoryCitation): MemoryCitation => {
  requireExact("citation of a memory", `${citation.message}${citation.quote}`);
  return citation;
};

/** A time to come. Throws `invalid_input`. */
export const memoryExpiry = (given: string, now: Date): Date => {
  const time = new Date(given);
  if (!/^\d{4}-\d\d-\d\dT/.test(given) || Number.isNaN(time.getTime()))
    throw invalid("expiresAt is no time. Write it as in 2027-01-31T12:00:00Z.");
  if (time <= now) throw invalid("expiresAt is over already.");
  return time;
};

/** What is written: the content with what it is told from others by. */
export const newMemory = (id: string, content: MemoryContent): NewMemory => {
  const digest = digestOf(content.text);
  return { id, ...content, digest, sense: senseOf(content.text) ?? digest };
};

/** One for all texts that differ in white space alone. */
export const digestOf = (text: string): string => hash(text.normalize("NFC").replaceAll(/\s+/g, " ").trim());

/** Words without which a sentence says the same. None of them negates, asks, or says who, when or where. */
const EMPTY_WORDS = new Set(["a", "an", "the", "that", "is", "are", "am", "be", "s"]);

/**
 * One for all texts that have the same words in the same order, but for those that say nothing: case, signs and accents of writing do
 * not count, everything else does. null where there is no word.
 */
export const senseOf = (text: string): string | null => {
  const words = wordsOf(text).filter((word) => !EMPTY_WORDS.has(word));
  return words.length === 0 ? null : hash(words.join(" "));
};

/** In lower case. */
export const wordsOf = (text: string): readonly string[] =>
  text
    .normalize("NFKC")
    .toLowerCase()
    .match(/[\p{L}\p{M}\p{N}]+|[-+]\d+|[€$£%]/gu) ?? [];

const hash = (text: string): string => createHash("sha256").update(text).digest("base64url");

/** Throws `invalid_input` for a text that the database cannot hold as it is. */
export const requireExact = (what: string, text: string): void => {
  if (text.includes("\0") || !text.isWellFormed())
    throw invalid(`The ${what} cannot contain the NUL character or half of a surrogate pair.`);
};

const requireSize = (what: string, text: string, most: number): void => {
  const bytes = Buffer.byteLength(text);
  if (bytes > most)
    throw new PatchbayError("quota_exceeded", `${what} takes at most ${most} bytes; this one has ${bytes}.`);
};

const invalid = (message: string): PatchbayError => new PatchbayError("invalid_input", message);
