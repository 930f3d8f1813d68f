#!/usr/bin/env node
// What `patchbay` starts with where it was installed as a package; a checkout has bin/patchbay.mjs.
import module from "node:module";
import { holesOf } from "@patchbay/protocol/known-bad-runtimes";
import { closeBrotli } from "./close-brotli.ts";
import { supplyWithResolvers } from "./with-resolvers.ts";

const holes = holesOf(process.versions);
if (holes.some(({ component }) => component === "brotli")) closeBrotli();
const [open] = holes.filter(({ component }) => component !== "brotli");
if (open === undefined) {
  module.enableCompileCache?.();
  supplyWithResolvers();
  await import("./main.ts");
} else {
  process.stderr.write(
    `This Node, ${process.version}, has a known hole (${open.advisory}: ${open.what}). ${open.cure}\n`,
  );
  process.exitCode = 1;
}
