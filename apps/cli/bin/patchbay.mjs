#!/usr/bin/env node
// Runs the command on the project's own Node where the machine's is too old to read TypeScript.
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const main = new URL("../src/main.ts", import.meta.url);
if (process.features.typescript) {
  await import(main);
} else {
  const node = createRequire(import.meta.url).resolve("node/bin/node");
  const child = spawn(node, [fileURLToPath(main), ...process.argv.slice(2)], { stdio: "inherit" });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 1)));
}
