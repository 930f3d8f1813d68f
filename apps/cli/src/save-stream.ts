import { open, rename, rm } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Output } from "./output.ts";
import { size } from "./size.ts";

/** Writes a download to `file`, which is there whole or as it was before. Comes back with the number of bytes. */
export const saveStream = async (
  stream: ReadableStream<Uint8Array>,
  file: string,
  output: Output,
): Promise<number> => {
  const partial = `${resolve(file)}.${process.pid}.partial`;
  let bytes = 0;
  const counting = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      output.progress(`Writing ${basename(file)}: ${size(bytes)}`);
      done(null, chunk);
    },
  });
  try {
    const source = Readable.fromWeb(stream as Parameters<typeof Readable.fromWeb>[0]);
    await using written = await open(partial, "w");
    await pipeline(source, counting, written.createWriteStream());
    await rename(partial, resolve(file));
    return bytes;
  } finally {
    output.endProgress();
    await rm(partial, { force: true });
  }
};
