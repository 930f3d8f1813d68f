import { LINES, TEXT, textFault } from "./text.ts";
import { isVersionRange, RANGE } from "./versions.ts";

/** Formats of our schemas that a pattern cannot say. Every validator that meets our schemas is told of them. */
export const CHECKED_FORMATS: readonly string[] = [TEXT, LINES, RANGE];

export const isCheckedFormat = (format: unknown): boolean => CHECKED_FORMATS.includes(String(format));

/** What is wrong with a text by such a format, going on after the text; null when nothing is. */
export const formatFault = (format: string, text: string): string | null => {
  switch (format) {
    case TEXT:
      return textFault(text);
    case LINES:
      return textFault(text, { hasLines: true });
    case RANGE:
      return isVersionRange(text) ? null : "is not a version range";
    default:
      return null;
  }
};
