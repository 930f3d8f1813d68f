import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { PatchbayError } from "@patchbay/protocol";
import { type BuildFailure, build } from "esbuild";
import { asFailure } from "./bundle.ts";
import { filesBelow } from "./files-below.ts";
import { sdkAlias } from "./own-sdk.ts";

const REQUIRE =
  'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);';

/** Bundles every `*.test.ts`, `.tsx`, `.js` and `.jsx` of a plugin's folder and runs them with Node's test runner. Returns its exit code. */
export const runTests = async (folder: string): Promise<number> => {
  const tests = await filesBelow(folder, {
    without: ["node_modules"],
    matching: /\.test\.(?:tsx?|jsx?)$/,
  });
  if (tests.length === 0)
    throw new PatchbayError("invalid_request", `There is no test in ${folder}. Name one src/plugin.test.ts.`);
  // Inside the folder, so that what the tests import from node_modules is found.
  const built = await mkdtemp(join(folder, ".patchbay-test-"));
  try {
    await build({
      absWorkingDir: folder,
      entryPoints: tests,
      outdir: built,
      bundle: true,
      format: "esm",
      platform: "node",
      target: "node20",
      packages: "bundle",
      sourcemap: "inline",
      outExtension: { ".js": ".mjs" },
      jsx: "automatic",
      loader: { ".css": "text", ".md": "text", ".svg": "dataurl", ".png": "dataurl", ".woff2": "dataurl" },
      // CommonJS libraries, React among them, require modules of Node.
      banner: { js: REQUIRE },
      alias: sdkAlias(folder),
      logLevel: "silent",
    }).catch((error: BuildFailure) => {
      throw asFailure(error, folder);
    });
    const files = await filesBelow(built, { without: [], matching: /\.mjs$/ });
    const runner = spawn(process.execPath, ["--test", ...files.map((path) => join(built, path))], {
      cwd: folder,
      stdio: "inherit",
    });
    const [code] = await once(runner, "exit");
    return typeof code === "number" ? code : 1;
  } finally {
    await rm(built, { recursive: true, force: true });
  }
};
