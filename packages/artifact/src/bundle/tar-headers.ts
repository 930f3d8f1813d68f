import { Transform } from "node:stream";

const BLOCK_BYTES = 512;
/** Where a header has its parts, by POSIX (ustar). */
const SIZE = { start: 124, end: 136 };
const TYPE_AT = 156;
/** `0`, or nothing as in old archives. */
const REGULAR = new Set([0x30, 0]);

/**
 * Passes a tar on that consists of regular files alone, and looks at each header before a parser does: extended headers, whose size
 * the sender chooses and a parser keeps in memory, and sizes that are no plain octal number are refused by `refuse`. The end of the
 * archive, blocks of zeroes, passes as it is.
 */
export const plainTar = (refuse: (what: string) => Error): Transform => {
  const header = Buffer.alloc(BLOCK_BYTES);
  let filled = 0;
  /** Bytes of the present file, padding included, that are still to come. */
  let content = 0;
  const take = (chunk: Buffer): Error | null => {
    for (let at = 0; at < chunk.length; ) {
      if (content > 0) {
        const passed = Math.min(content, chunk.length - at);
        content -= passed;
        at += passed;
        continue;
      }
      const copied = chunk.copy(header, filled, at);
      filled += copied;
      at += copied;
      if (filled < BLOCK_BYTES) return null;
      filled = 0;
      const size = sizeIn(header);
      if (size instanceof Error) return size;
      content = Math.ceil(size / BLOCK_BYTES) * BLOCK_BYTES;
    }
    return null;
  };
  const sizeIn = (block: Buffer): number | Error => {
    if (block.every((byte) => byte === 0)) return 0;
    if (!REGULAR.has(block[TYPE_AT] ?? 0)) return refuse("it holds something else than plain files.");
    const text = block
      .toString("latin1", SIZE.start, SIZE.end)
      .replace(/[\0 ]+$/, "")
      .trimStart();
    if (!/^[0-7]{1,11}$/.test(text)) return refuse("one of its files has a size that is none.");
    return Number.parseInt(text, 8);
  };
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const fault = take(chunk);
      if (fault === null) done(null, chunk);
      else done(fault);
    },
  });
};
