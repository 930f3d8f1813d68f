import type { Plugin } from "esbuild";

const SHIM = "provided-module";

/**
 * For esbuild: leaves what the platform provides as imports, also where a CommonJS library requires it. A `require` that is
 * left would become a call of something that the platform does not have.
 */
export const providedModules = (names: readonly string[]): Plugin => ({
  name: SHIM,
  setup(hooks) {
    hooks.onResolve({ filter: /.*/ }, ({ path, kind, namespace }) => {
      if (!names.includes(path)) return undefined;
      return kind === "require-call" && namespace !== SHIM
        ? { path, namespace: SHIM }
        : { path, external: true };
    });
    hooks.onLoad({ filter: /.*/, namespace: SHIM }, ({ path }) => ({
      // What a CommonJS module exports as a whole, a function with properties for some, is its default export.
      contents: `import * as found from ${JSON.stringify(path)}; module.exports = found.default ?? found;`,
      loader: "js",
    }));
  },
});
