import { createRequire } from "node:module";
import { PassThrough } from "node:stream";

/**
 * For a Node whose Brotli decoder strangers can break into: `fetch` asks for other codings, and an answer that has this one all the
 * same stays packed, which makes it no answer. To be called before anything is fetched.
 */
export const closeBrotli = (): void => {
  // Not by an import: its names are copies, and what is replaced has to be what `fetch` takes.
  const zlib = createRequire(import.meta.url)("node:zlib") as object;
  Object.defineProperty(zlib, "createBrotliDecompress", { value: () => new PassThrough() });
  const open = globalThis.fetch;
  globalThis.fetch = (input, init) => {
    const headers = new Headers(init?.headers ?? (input instanceof Request ? input.headers : undefined));
    if (!headers.has("accept-encoding")) headers.set("accept-encoding", "gzip, deflate");
    return open(input, { ...init, headers });
  };
};
