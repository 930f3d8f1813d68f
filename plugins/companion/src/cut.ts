/** The beginning of a text, of at most so many UTF-16 units. No sign is cut into halves, which nobody takes. */
export const cut = (text: string, length: number): string =>
  text.slice(0, length).replace(/[\uD800-\uDBFF]$/, "");

/** The text as it can be kept: without the NUL character, and halves of signs. */
export const keepable = (text: string): string => text.replaceAll("\0", " ").toWellFormed();
