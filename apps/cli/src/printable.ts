/** What steers a terminal, or turns the direction in which it writes. */
const STEERING = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu;
/** The same in JSON, where the rest is escaped anyhow: terminals take some of these, too. */
const UNESCAPED = /[\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;
const BREAKS = /[\p{Cc}\u2028\u2029]+/gu;

/** Text for people, of which much comes from strangers: a plugin's name must not overwrite what it may do. Lines and tabs stay. */
export const printable = (text: string): string =>
  text
    .replaceAll("\r\n", "\n")
    .replace(STEERING, (sign) => (sign === "\n" || sign === "\t" ? sign : "\ufffd"));

/** The same in one line, so that it cannot pass for another row of a table. */
export const oneLine = (text: string): string => printable(text.replace(BREAKS, " "));

/** A JSON document that means the same and does nothing to a terminal. */
export const printableJson = (value: unknown, indent?: number): string =>
  JSON.stringify(value, null, indent).replace(
    UNESCAPED,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
