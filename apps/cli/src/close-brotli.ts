import { createRequire } from "node:module";
import { Transform } from "node:stream";

const HOLE = "This Node's Brotli decoder has a known hole, so that what was packed with it is not read.";

/**
 * For a Node whose Brotli decoder strangers can break into: `fetch` asks for other codings, and an answer that has this one all the
 * same fails. To be called before anything is fetched.
 */
export const closeBrotli = (): void => {
  // Not by an import: its names are copies, and what is replaced has to be what `fetch` takes.
  const zlib = createRequire(import.meta.url)("node:zlib") as object;
  Object.defineProperty(zlib, "createBrotliDecompress", {
    value: () => new Transform({ transform: (_chunk, _encoding, done) => done(new Error(HOLE)) }),
  });
  const open = globalThis.fetch;
  globalThis.fetch = (input, init) => {
    const headers = new Headers(init?.headers ?? (input instanceof Request ? input.headers : undefined));
    if (!headers.has("accept-encoding")) headers.set("accept-encoding", "gzip, deflate");
    return open(input, { ...init, headers });
  };
};
