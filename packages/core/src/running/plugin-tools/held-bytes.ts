/** What a value takes in memory beside its text: a list or an object, and anything else. */
const BYTES_A_PARENT = 64;
const BYTES_A_LEAF = 16;

/**
 * About how many bytes of memory a value takes that came as JSON, which may be many times those of its JSON: `[]` has two. Looks no
 * further once it is more than `most`.
 */
export const heldBytes = (value: unknown, most: number): number => {
  const waiting: unknown[] = [value];
  let bytes = 0;
  for (let one = waiting.pop(); bytes <= most; one = waiting.pop()) {
    if (typeof one === "string") bytes += BYTES_A_LEAF + Buffer.byteLength(one);
    else if (typeof one !== "object" || one === null) bytes += BYTES_A_LEAF;
    else {
      bytes += BYTES_A_PARENT;
      for (const name in one) {
        if (!Array.isArray(one)) bytes += name.length;
        waiting.push((one as Record<string, unknown>)[name]);
      }
    }
    if (waiting.length === 0) break;
  }
  return bytes;
};
