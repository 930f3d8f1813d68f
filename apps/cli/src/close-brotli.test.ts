import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";

/** In a process of its own, whose decoder stays closed. */
const PROGRAM = `
import { createServer } from "node:http";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { closeBrotli } from ${JSON.stringify(new URL("./close-brotli.ts", import.meta.url).href)};

closeBrotli();
const server = createServer((request, response) => {
  const [encoding, pack] = request.url === "/br" ? ["br", brotliCompressSync] : ["gzip", gzipSync];
  response.setHeader("content-encoding", encoding);
  // Long enough to be packed rather than copied.
  response.end(pack(String(request.headers["accept-encoding"]).repeat(request.url === "/br" ? 100 : 1)));
}).listen(0, "127.0.0.1", async () => {
  const ask = (path) => fetch(\`http://127.0.0.1:\${server.address().port}\${path}\`).then((answer) => answer.text());
  console.log(JSON.stringify([await ask("/gzip"), (await ask("/br")).includes("gzip")]));
  process.exit();
});
`;

test("a decoder with a hole is not asked for, and is never handed an answer", async () => {
  const program = ["--input-type=module", "-e", PROGRAM];
  const { stdout } = await promisify(execFile)(process.execPath, program, { timeout: 20_000 });
  expect(JSON.parse(stdout)).toEqual(["gzip, deflate", false]);
});
