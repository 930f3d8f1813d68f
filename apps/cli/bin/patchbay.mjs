#!/usr/bin/env node
// Runs the command on the project's own Node where the machine's cannot read its sources, or has a hole that is known.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import module from "node:module";
import { fileURLToPath } from "node:url";
import { holesOf } from "@patchbay/protocol/known-bad-runtimes";

/** The first Node that knows everything that the sources are written in. */
const OLDEST_FITTING_MAJOR = 24;
const main = new URL("../src/main.ts", import.meta.url);
const modules = new URL("../../../node_modules/", import.meta.url);
/** Beside the installed packages, so that nobody else can write what runs here. */
const compiled = process.env.NODE_COMPILE_CACHE ?? fileURLToPath(new URL(".cache/compile", modules));
const brought = fileURLToPath(new URL(`node-${process.platform}-${process.arch}/bin/node`, modules));

const [hole] = holesOf(process.versions);
if (Number(process.versions.node.split(".")[0]) >= OLDEST_FITTING_MAJOR && hole === undefined) {
  module.enableCompileCache(compiled);
  await import(main);
} else if (existsSync(brought)) {
  const child = spawn(brought, [fileURLToPath(main), ...process.argv.slice(2)], {
    env: { ...process.env, NODE_COMPILE_CACHE: compiled },
    stdio: "inherit",
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 1)));
} else {
  const why = hole === undefined ? "is too old" : `has a known hole (${hole.advisory}: ${hole.what})`;
  process.stderr.write(
    `This Node, ${process.version}, ${why}. Install Node 24.22.1, 26.12.1 or a newer one from https://nodejs.org.\n`,
  );
  process.exit(1);
}
