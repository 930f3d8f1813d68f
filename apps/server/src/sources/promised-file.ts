import { createHash } from "node:crypto";
import { open, rm } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { type Transfer, TransferFault } from "./transfer.ts";

/** Writes a body to a new file at `path` and tells its digest (SHA-256, hex) and size. What is cut off leaves no file. */
export const writeBody = async (
  answer: Transfer,
  path: string,
  maxBytes: number,
): Promise<{ digest: string; bytes: number }> => {
  const hash = createHash("sha256");
  let bytes = 0;
  const counted = async function* () {
    for await (const piece of answer.body(maxBytes)) {
      hash.update(piece);
      bytes += piece.length;
      yield piece;
    }
  };
  try {
    await pipeline(counted(), async (pieces) => {
      await using file = await open(path, "wx");
      await file.writeFile(pieces);
    });
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
  return { digest: hash.digest("hex"), bytes };
};

/** The same for bytes that were promised. Throws a lying `TransferFault` when they are others. */
export const writePromised = async (
  answer: Transfer,
  path: string,
  { digest, sizeBytes }: { readonly digest: string; readonly sizeBytes: number },
): Promise<void> => {
  const written = await writeBody(answer, path, sizeBytes);
  const fault =
    written.bytes !== sizeBytes
      ? `promised ${sizeBytes} bytes and sent ${written.bytes}`
      : written.digest !== digest
        ? `promised bytes with the digest ${digest} and sent some with ${written.digest}`
        : null;
  if (fault === null) return;
  await rm(path, { force: true });
  throw new TransferFault("lie", fault);
};
