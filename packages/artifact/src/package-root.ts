import { PatchbayError } from "@patchbay/protocol";
import { foldPath } from "./zip/name-index.ts";
import { quoteName } from "./zip/refusal.ts";

export const MANIFEST_PATH = "plugin.json";
/** Finder puts its own notes beside the folder that it packs. */
const FINDER_FOLDER = "__MACOSX/";
/** What file managers leave in every folder. */
const LITTER = /^(?:\.DS_Store|\._.*|Thumbs\.db|desktop\.ini)$/i;
const MAX_NAMES_SHOWN = 5;

/**
 * The prefix that all paths of the package have: empty when `plugin.json` is at the root, else the single top-level
 * folder with its slash. Refuses with `manifest_missing`.
 */
export function findPackageRoot(names: readonly string[]): string {
  const files = new Set(names);
  if (files.has(MANIFEST_PATH)) return "";
  const tops = new Set(
    names.filter((name) => !name.startsWith(FINDER_FOLDER) && !LITTER.test(name)).map(topLevel),
  );
  const [only, ...others] = tops;
  if (only?.endsWith("/") && others.length === 0 && files.has(only + MANIFEST_PATH)) return only;
  throw new PatchbayError("manifest_missing", explain(names, tops));
}

function topLevel(name: string): string {
  const slash = name.indexOf("/");
  return slash === -1 ? name : name.slice(0, slash + 1);
}

function explain(names: readonly string[], tops: ReadonlySet<string>): string {
  const alike = names.find((name) => foldPath(name.slice(name.lastIndexOf("/") + 1)) === MANIFEST_PATH);
  if (alike !== undefined) {
    const beside = [...tops].filter((top) => !alike.startsWith(top)).slice(0, MAX_NAMES_SHOWN);
    if (alike.endsWith(`/${MANIFEST_PATH}`) && beside.length > 0)
      return `There is ${quoteName(alike)}, but beside its folder are ${beside.map(quoteName).join(", ")}. Pack the folder alone.`;
    return `There is ${quoteName(alike)}, but plugin.json must be at the root or in the single top-level folder.`;
  }
  const shown = [...tops].slice(0, MAX_NAMES_SHOWN).map(quoteName).join(", ");
  const found =
    tops.size === 0
      ? "The package is empty"
      : `The package holds ${shown}${tops.size > MAX_NAMES_SHOWN ? ", …" : ""}`;
  return `${found}: there is no plugin.json at its root or in its single top-level folder.`;
}
