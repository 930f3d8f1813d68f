/** A tar consists of blocks of this size; two empty ones end it. */
export const BLOCK_BYTES = 512;
export const TAR_END = Buffer.alloc(2 * BLOCK_BYTES);

const MAX_NAME_BYTES = 100;
const [CHECKSUM_START, CHECKSUM_END] = [148, 156];

/** The header of a plain file in a tar. There is one form of it, so that every byte can be told from a changed one. */
export const encodeHeader = (name: string, sizeBytes: number): Buffer => {
  const block = Buffer.alloc(BLOCK_BYTES);
  const put = (offset: number, text: string) => block.write(text, offset, "latin1");
  const octal = (value: number, digits: number) => value.toString(8).padStart(digits, "0");
  put(0, name);
  for (const [offset, mode] of [
    [100, 0o600],
    [108, 0],
    [116, 0],
  ] as const)
    put(offset, octal(mode, 7));
  put(124, octal(sizeBytes, 11));
  put(136, octal(0, 11));
  block.fill(" ", CHECKSUM_START, CHECKSUM_END);
  put(156, "0");
  put(257, "ustar\0");
  put(263, "00");
  const sum = block.reduce((total, byte) => total + byte, 0);
  put(CHECKSUM_START, `${octal(sum, 6)}\0 `);
  return block;
};

/** Name and size; null for what `encodeHeader` does not make. */
export const decodeHeader = (block: Buffer): { readonly name: string; readonly sizeBytes: number } | null => {
  const end = block.indexOf(0);
  if (end < 1 || end > MAX_NAME_BYTES) return null;
  const name = block.toString("latin1", 0, end);
  const sizeBytes = Number.parseInt(block.toString("latin1", 124, 135), 8);
  if (!Number.isSafeInteger(sizeBytes) || sizeBytes < 0) return null;
  return encodeHeader(name, sizeBytes).equals(block) ? { name, sizeBytes } : null;
};

/** What fills the last block of a file. */
export const padding = (sizeBytes: number): Buffer =>
  Buffer.alloc((BLOCK_BYTES - (sizeBytes % BLOCK_BYTES)) % BLOCK_BYTES);
