// Bundles the guest into dist/guest.js. Run by whoever needs it fresh; takes some tens of milliseconds.
import { mkdir, rename, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = fileURLToPath(new URL(".", import.meta.url));
const { outputFiles } = await build({
  entryPoints: [`${here}src/main.ts`],
  bundle: true,
  format: "iife",
  platform: "neutral",
  mainFields: ["module", "main"],
  target: "esnext",
  charset: "utf8",
  legalComments: "none",
  banner: { js: '"use strict";' },
  minifySyntax: true,
  minifyWhitespace: true,
  write: false,
});
await mkdir(`${here}dist`, { recursive: true });
// Two builds at once must not leave half a file.
const temporary = `${here}dist/guest.${process.pid}.js`;
await writeFile(temporary, outputFiles[0].text);
await rename(temporary, `${here}dist/guest.js`);
