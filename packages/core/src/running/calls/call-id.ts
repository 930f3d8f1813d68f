import { randomFillSync } from "node:crypto";

const pool = Buffer.alloc(8 * 512);
let used = pool.length;
let last = { ms: 0, count: 0 };

/**
 * The id of a call that begins at `ms`: a UUID of version 7 (RFC 9562) with a counter, so that those of one process sort as they began,
 * also within a millisecond, of which a chain may take less.
 */
export const newCallId = (ms: number): string => {
  last = last.ms === ms ? { ms, count: last.count + 1 } : { ms, count: 0 };
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const random = pool.toString("hex", used, used + 8);
  used += 8;
  const time = ms.toString(16).padStart(12, "0");
  const count = (last.count & 0xfff).toString(16).padStart(3, "0");
  // The two bits of the variant, and 62 random ones.
  const variant = "89ab"[Number.parseInt(random.charAt(0), 16) & 3];
  return `${time.slice(0, 8)}-${time.slice(8)}-7${count}-${variant}${random.slice(1, 4)}-${random.slice(4)}`;
};
