// Where things are in this checkout, and how the scripts speak. Runs on Node 20 without any package installed.
import { accessSync, constants, existsSync, statSync } from "node:fs";
import { userInfo } from "node:os";
import { delimiter, dirname, join, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
export const NODE_MODULES = join(ROOT, "node_modules");
/** The project's own Node, whatever the machine has. */
export const PROJECT_NODE = join(
  NODE_MODULES,
  "node",
  "bin",
  process.platform === "win32" ? "node.exe" : "node",
);
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
