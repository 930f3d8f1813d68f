#!/usr/bin/env node
// Runs the command on the project's own Node where the machine's is too old to read TypeScript.
import { spawn } from "node:child_process";
import module from "node:module";
import { fileURLToPath } from "node:url";

const main = new URL("../src/main.ts", import.meta.url);
/** Beside the installed packages, so that nobody else can write what runs here. */
const compiled =
  process.env.NODE_COMPILE_CACHE ??
  fileURLToPath(new URL("../../../node_modules/.cache/compile", import.meta.url));

if (process.features.typescript) {
  module.enableCompileCache(compiled);
  await import(main);
} else {
  const node = module.createRequire(import.meta.url).resolve("node/bin/node");
  const child = spawn(node, [fileURLToPath(main), ...process.argv.slice(2)], {
    env: { ...process.env, NODE_COMPILE_CACHE: compiled },
    stdio: "inherit",
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 1)));
}
