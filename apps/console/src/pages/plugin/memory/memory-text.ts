import { writeJson } from "../../../components/schema-form/json-text.ts";

/** Of a longer text this much is shown until somebody wants all of it: in UTF-16 units, and in lines. */
const FOLDED_CHARACTERS = 600;
const FOLDED_LINES = 8;
/** Of a text that stands for its memory in a name. */
const NAME_CHARACTERS = 60;
/** Deeper JSON is written in one line: indented, it would be a thousand times as long. */
const MAX_INDENTED_DEPTH = 16;

/** The beginning of a text that is too long to be shown at once; null for others. */
export const foldedText = (text: string): string | null => {
  let end = Math.min(text.length, FOLDED_CHARACTERS);
  let at = -1;
  for (let line = 0; line < FOLDED_LINES; line += 1) {
    at = text.indexOf("\n", at + 1);
    if (at < 0 || at >= end) break;
    if (line === FOLDED_LINES - 1) end = at;
  }
  return end < text.length ? `${whole(text.slice(0, end))}…` : null;
};

/** A memory's text as a short name: its first words, in one line. */
export const nameOfText = (text: string): string => {
  const line = text.slice(0, FOLDED_CHARACTERS).replaceAll(/\s+/g, " ").trim();
  return line.length > NAME_CHARACTERS ? `${whole(line.slice(0, NAME_CHARACTERS)).trimEnd()}…` : line;
};

/** JSON as people read and change it. */
export const jsonOfMetadata = (metadata: Readonly<Record<string, unknown>>): string => {
  const line = JSON.stringify(metadata);
  let depth = 0;
  let deepest = 0;
  for (const character of line) {
    if (character === "{" || character === "[") depth += 1;
    else if (character === "}" || character === "]") depth -= 1;
    deepest = Math.max(deepest, depth);
  }
  return deepest > MAX_INDENTED_DEPTH ? line : writeJson(metadata);
};

/** Without half of a character at its end. */
const whole = (text: string): string => (text.isWellFormed() ? text : text.replace(/[\ud800-\udbff]$/, ""));
