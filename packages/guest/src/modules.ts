import { SANDBOX_MODULES } from "@patchbay/protocol";
import { loadBuiltinModules } from "./captured.ts";

const NAMES: ReadonlySet<string> = new Set(SANDBOX_MODULES);
/** How the converter writes the imports that it leaves to `require`. */
const REQUIRED = /\brequire\(\s*["'](?:node:)?([a-z_/0-9]+)["']\s*\)/g;

const loaded = new Map<string, unknown>();

/** Loads the modules that a script names, and no others: they take some milliseconds. Call it before the script runs. */
export const loadModulesOf = (script: string): void => {
  const named = [...script.matchAll(REQUIRED)].map(([, name = ""]) => name).filter((name) => NAMES.has(name));
  const names = [...new Set(named)];
  for (const [index, module] of loadBuiltinModules(names).entries()) loaded.set(names[index] ?? "", module);
};

/**
 * `require` as a plugin's script gets it: the modules that need nothing from outside the process. Throws for every other
 * name. Bundles contain everything else.
 */
export const requireModule = (specifier: unknown): unknown => {
  const name = String(specifier).replace(/^node:/, "");
  if (loaded.has(name)) return loaded.get(name);
  const reason = NAMES.has(name)
    ? "is available to plugins that name it in a plain import or require"
    : "is not available to plugins. Bundle it into the plugin";
  throw Object.assign(new Error(`The module "${String(specifier)}" ${reason}.`), {
    code: "MODULE_NOT_FOUND",
  });
};
