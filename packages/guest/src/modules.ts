import { SANDBOX_MODULES } from "@patchbay/protocol";
import { loadBuiltinModules } from "./captured.ts";
import { SCRIPT_NAME, withoutOwnFrames } from "./stacks.ts";

const NAMES: ReadonlySet<string> = new Set(SANDBOX_MODULES);
/**
 * Every call with nothing but the name of a module. The converter leaves imports as `require("node:NAME")`; bundlers that
 * ran before it wrap `require` under names of their own, which minifiers change again.
 */
const REQUIRED = /[\w$)]\(\s*(["'`])(?:node:)?([a-z_/0-9]+)\1\s*\)/g;

const loaded = new Map<string, unknown>();

/** Loads the modules that a script names, and no others: they take some milliseconds. Call it before the script runs. */
export const loadModulesOf = (script: string): void => {
  const named = [...script.matchAll(REQUIRED)]
    .map(([, , name = ""]) => name)
    .filter((name) => NAMES.has(name));
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
    ? "was asked for by a name that is put together when the code runs. Write the name in an import or require"
    : "is not available to plugins. Bundle it into the plugin";
  throw Object.assign(new Error(`The module "${String(specifier)}" ${reason}${askedBy()}.`), {
    code: "MODULE_NOT_FOUND",
  });
};

/** Where in the plugin's code the guest was asked, from the stack: bundlers name a CommonJS file's function by its path. */
const askedBy = (): string => {
  const place = withoutOwnFrames(new Error().stack ?? "")
    .split("\n")
    .find((line) => line.includes(SCRIPT_NAME));
  return place === undefined ? "" : ` (asked for ${place.trim()})`;
};
