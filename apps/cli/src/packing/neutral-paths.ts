import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";

const MODULES = "/node_modules/";

/**
 * `bundle` without the names of folders around the plugin's own: a bundler names each module by its way from the plugin's folder,
 * which leads through the author's. `inputs` are these ways; those of other packages become the package's name and the way inside it.
 */
export const neutralPaths = (bundle: string, folder: string, inputs: readonly string[]): string => {
  const names = new Map(
    inputs.filter((path) => path.startsWith("..")).map((path) => [path, neutralName(resolve(folder, path))]),
  );
  if (names.size === 0) return bundle;
  // Where a bundler names modules: a comment of its own line before each, and the key of each CommonJS module.
  return bundle.replace(
    /^(\s*\/\/ )(.+)$|^(\s*)"((?:[^"\\]|\\.)+)"(?=\()/gm,
    (all, comment: string | undefined, said = "", indent = "", key = "") =>
      comment === undefined
        ? names.has(key)
          ? `${indent}"${names.get(key)}"`
          : all
        : `${comment}${names.get(said) ?? said}`,
  );
};

const neutralName = (path: string): string => {
  const slashed = path.replaceAll(sep, "/");
  const at = slashed.lastIndexOf(MODULES);
  return at === -1 ? nameInPackage(path) : slashed.slice(at + 1);
};

/** `@scope/name/src/x.ts` for a file of a package that is not installed but lies somewhere. */
const nameInPackage = (path: string): string => {
  for (let folder = dirname(path); folder !== dirname(folder); folder = dirname(folder)) {
    const manifest = join(folder, "package.json");
    if (!existsSync(manifest)) continue;
    const { name } = JSON.parse(readFileSync(manifest, "utf8")) as { readonly name?: string };
    if (name !== undefined) return `${name}/${relative(folder, path).replaceAll(sep, "/")}`;
  }
  return basename(path);
};
