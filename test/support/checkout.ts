import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "../..");

/** What the scripts read of the sources. */
const KNOWN_BAD_RUNTIMES = "packages/protocol/src/known-bad-runtimes.js";

/** A checkout of Patchbay that consists of its scripts and manifests, with files of the test's own in place of the rest. */
export interface ScriptCheckout {
  readonly root: string;
  remove(): void;
}

/** `files` maps paths in the checkout to contents. The packages of this checkout count as installed there. */
export function makeCheckout(files: Readonly<Record<string, string>>): ScriptCheckout {
  const root = mkdtempSync(join(tmpdir(), "patchbay-checkout-"));
  for (const path of ["scripts", KNOWN_BAD_RUNTIMES, "package.json", "package-lock.json", ...manifests()]) {
    cpSync(join(ROOT, path), join(root, path), { recursive: true });
  }
  // Those of a workspace too, where it needs another version than the rest.
  for (const folder of ["", ...manifests().map(dirname)]) {
    const installed = join(ROOT, folder, "node_modules");
    if (existsSync(installed)) symlinkSync(installed, join(root, folder, "node_modules"));
  }
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  return { root, remove: () => rmSync(root, { recursive: true, force: true }) };
}

function manifests(): string[] {
  const folders = ["packages", "apps", "plugins"].flatMap((parent) =>
    existsSync(join(ROOT, parent)) ? readdirSync(join(ROOT, parent)).map((name) => join(parent, name)) : [],
  );
  return [...folders, "bench"]
    .map((folder) => join(folder, "package.json"))
    .filter((path) => existsSync(join(ROOT, path)));
}
