import { SANDBOX_MODULES } from "@patchbay/protocol";
import { builtinModule } from "./captured.ts";

const NAMES: ReadonlySet<string> = new Set(SANDBOX_MODULES);

/**
 * `require` as a plugin's script gets it: the modules that need nothing from outside the process. Throws for every other
 * name. Bundles contain everything else.
 */
export const requireModule = (specifier: unknown): unknown => {
  const name = String(specifier).replace(/^node:/, "");
  if (!NAMES.has(name)) {
    const error = new Error(
      `The module "${String(specifier)}" is not available to plugins. Bundle it into the plugin.`,
    );
    throw Object.assign(error, { code: "MODULE_NOT_FOUND" });
  }
  return builtinModule(`node:${name}`);
};
