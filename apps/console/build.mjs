// Builds the console into the folder that is named, with each file compressed beside it, so that the server only sends.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "vite";

const root = dirname(fileURLToPath(import.meta.url));
const outDir = resolve(process.argv[2] ?? join(root, "dist"));

await build({ root, configLoader: "native", logLevel: "warn", build: { outDir, emptyOutDir: true } });
const assets = join(outDir, "assets");
for (const name of readdirSync(assets)) {
  const content = readFileSync(join(assets, name));
  const params = { [constants.BROTLI_PARAM_SIZE_HINT]: content.length };
  writeFileSync(join(assets, `${name}.br`), brotliCompressSync(content, { params }));
  writeFileSync(join(assets, `${name}.gz`), gzipSync(content, { level: 9 }));
}
