const [QUOTE, BACKSLASH, COMMA, OPEN_LIST, OPEN_OBJECT, CLOSE_LIST, CLOSE_OBJECT] = [...'"\\,[{]}'].map(
  (character) => character.charCodeAt(0),
);

export interface JsonBounds {
  readonly maxValues: number;
  readonly maxDepth: number;
}

/**
 * What is too much in the JSON text: null when it can be read without holding up others. One pass over the bytes, which says nothing
 * of whether it is JSON: what it lets through still has to be parsed.
 */
export const excessOf = (
  text: Uint8Array,
  { maxValues, maxDepth }: JsonBounds,
): "values" | "depth" | null => {
  let values = 1;
  let depth = 0;
  let isText = false;
  for (let at = 0; at < text.length; at += 1) {
    const byte = text[at];
    if (isText) {
      if (byte === BACKSLASH) at += 1;
      else if (byte === QUOTE) isText = false;
    } else if (byte === QUOTE) isText = true;
    else if (byte === COMMA || byte === OPEN_LIST || byte === OPEN_OBJECT) {
      values += 1;
      if (byte !== COMMA) depth += 1;
      if (depth > maxDepth) return "depth";
      if (values > maxValues) return "values";
    } else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) depth -= 1;
  }
  return null;
};

/** Whether `value` consists of at most `limit` values; looks at no more than that. */
export const isSmall = (value: unknown, limit: number): boolean => {
  const waiting: unknown[] = [value];
  let seen = 0;
  while (waiting.length > 0) {
    seen += 1;
    if (seen + waiting.length > limit) return false;
    const one = waiting.pop();
    if (typeof one !== "object" || one === null) continue;
    if (Array.isArray(one) && one.length > limit) return false;
    for (const member in one) {
      waiting.push((one as Record<string, unknown>)[member]);
      if (seen + waiting.length > limit) return false;
    }
  }
  return true;
};
