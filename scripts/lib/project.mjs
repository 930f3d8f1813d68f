// Where things are in this checkout, and how the scripts speak. Runs on Node 20 without any package installed.
import { accessSync, constants, existsSync, statSync } from "node:fs";
import { userInfo } from "node:os";
import { delimiter, dirname, join, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { holesOf } from "../../packages/protocol/src/known-bad-runtimes.js";

export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
export const NODE_MODULES = join(ROOT, "node_modules");
/** The first Node that reads the project's TypeScript as it is. */
const OLDEST_FITTING_MAJOR = 24;
/** The Node that npm brings along for this machine; there is none for some. */
const BROUGHT_NODE = join(NODE_MODULES, `node-${process.platform}-${process.arch}`, "bin", "node");
/** What the scripts make, except installed packages. */
export const BUILD = join(ROOT, "build");

const OLDEST_NODE_MAJOR = 20;

/** A fault that its message explains in full: the scripts print it without a stack and end with code 1. */
export class Fault extends Error {}

/** Prints one line of progress. */
export function say(line) {
  process.stdout.write(`${line}\n`);
}

/** Runs a script's main function; a `Fault` becomes a message and exit code 1. */
export async function main(run) {
  try {
    requireNode();
    process.exitCode = await run();
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}

/** @throws Fault when this user cannot change the folder, naming its owner and the cure. */
export function requireWritable(folder, purpose) {
  try {
    accessSync(folder, constants.W_OK);
  } catch (cause) {
    const owner = statSync(folder).uid;
    const own = userInfo().username;
    throw new Fault(
      `Patchbay has to ${purpose}, but the user ${own} may not write to ${folder}, which belongs to user ${owner}.\n` +
        `Run \`npm start\` once as that user, or give the folder to ${own}: chown -R ${own} ${ROOT}`,
      { cause },
    );
  }
}

/** PATH with the project's own programs first. */
export function projectPath() {
  return [join(NODE_MODULES, ".bin"), process.env.PATH ?? ""].join(delimiter);
}

/** PATH without the project's own programs: for npm, which replaces them while it runs. */
export function outsidePath() {
  const entries = (process.env.PATH ?? "").split(delimiter);
  return entries.filter((entry) => !isInside(entry, ROOT)).join(delimiter);
}

/** A Node that is not part of this checkout; the running one when there is no other. */
export function outsideNode() {
  if (!isInside(process.execPath, ROOT)) return process.execPath;
  const found = outsidePath()
    .split(delimiter)
    .map((folder) => join(folder, "node"))
    .find((path) => existsSync(path));
  return found ?? process.execPath;
}

/**
 * The Node that Patchbay runs on: the one that npm brings along, whatever the machine has; where it brings none, the one that runs
 * this script. @throws Fault when that one is too old or has a hole that is known.
 */
export function projectNode() {
  if (existsSync(BROUGHT_NODE)) return BROUGHT_NODE;
  const [major] = process.versions.node.split(".").map(Number);
  const [hole] = holesOf(process.versions);
  if (major >= OLDEST_FITTING_MAJOR && hole === undefined) return process.execPath;
  const why = hole === undefined ? "is too old" : `has a known hole (${hole.advisory}: ${hole.what})`;
  throw new Fault(
    `Patchbay brings no Node for ${process.platform} on ${process.arch}, and this one, ${process.version}, ${why}. ` +
      `Install Node 24.22.1, 26.12.1 or a newer one from https://nodejs.org and start again.`,
  );
}

function isInside(path, folder) {
  return path === folder || path.startsWith(folder + sep);
}

function requireNode() {
  const [major] = process.versions.node.split(".").map(Number);
  if (major >= OLDEST_NODE_MAJOR) return;
  throw new Fault(
    `Patchbay needs Node ${OLDEST_NODE_MAJOR} or newer to start; this is ${process.version} (${process.execPath}).`,
  );
}
