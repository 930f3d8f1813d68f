import { spawn } from "node:child_process";
import { once } from "node:events";
import { glob, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { PatchbayError } from "@patchbay/protocol";
import { build } from "esbuild";
import { sdkAlias } from "./bundle.ts";

/** Bundles every `*.test.ts` and `*.test.js` of a plugin's folder and runs them with Node's test runner. Returns its exit code. */
export const runTests = async (folder: string): Promise<number> => {
  const tests: string[] = [];
  for await (const path of glob("**/*.test.{ts,js}", {
    cwd: folder,
    exclude: (name) => name === "node_modules",
  }))
    tests.push(path);
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
      target: "node22",
      packages: "bundle",
      sourcemap: "inline",
      outExtension: { ".js": ".mjs" },
      alias: sdkAlias(folder),
      logLevel: "error",
    });
    const files: string[] = [];
    for await (const path of glob("**/*.mjs", { cwd: built })) files.push(join(built, path));
    const runner = spawn(process.execPath, ["--test", ...files], { cwd: folder, stdio: "inherit" });
    const [code] = await once(runner, "exit");
    return typeof code === "number" ? code : 1;
  } finally {
    await rm(built, { recursive: true, force: true });
  }
};
