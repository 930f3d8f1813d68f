import { existsSync, readFileSync, realpathSync } from "node:fs";
import { join, resolve } from "node:path";
import { isJsonObject, PatchbayError, parseJson, SANDBOX_MODULES } from "@patchbay/protocol";
import { type BuildFailure, type BuildOptions, build } from "esbuild";
import { neutralPaths } from "./neutral-paths.ts";
import { sdkAlias } from "./own-sdk.ts";
import { providedModules } from "./provided-modules.ts";

const SOURCES = ["src/plugin.ts", "src/plugin.js", "src/index.ts", "src/index.js"];

/** The author's source file in a plugin's folder, or null: then the bundle that the manifest names is taken as it is. */
export const findSource = (folder: string): string | null =>
  SOURCES.find((path) => existsSync(join(folder, path))) ?? null;

/** Bundles `source` with everything that it imports into one ES module for the sandbox. Throws `script_invalid` or `import_not_available`. */
export const bundleServer = async (folder: string, source: string): Promise<Bundle> => {
  const made = await bundle(folder, source, {
    conditions: ["deno", "worker", "browser"],
    target: "es2024",
    plugins: [providedModules(SANDBOX_MODULES.flatMap((name) => [name, `node:${name}`]))],
  });
  if (made.exports.includes("default")) return made;
  throw new PatchbayError(
    "script_invalid",
    `${source} has no default export. End it with \`export default definePlugin({ … })\`.`,
  );
};

/** An ES module, the names that it exports, and absolute paths of the files that it was made from. */
export interface Bundle {
  readonly content: Uint8Array;
  readonly exports: readonly string[];
  readonly inputs: readonly string[];
}

/**
 * One ES module from `source`, by what all bundles of plugins have in common and `options`. The same sources make the same bytes
 * wherever they lie. Throws as `bundleServer`.
 */
export const bundle = async (given: string, source: string, options: BuildOptions): Promise<Bundle> => {
  const folder = realpathSync(given);
  const { outputFiles, metafile } = await build({
    absWorkingDir: folder,
    entryPoints: [source],
    bundle: true,
    format: "esm",
    platform: "browser",
    mainFields: ["module", "browser", "main"],
    charset: "utf8",
    legalComments: "inline",
    alias: sdkAlias(folder),
    define: { "process.env.NODE_ENV": '"production"' },
    logLevel: "silent",
    ...options,
    write: false,
    metafile: true,
  }).catch((error: BuildFailure) => {
    throw asFailure(error, folder);
  });
  const [made] = outputFiles;
  const [described] = Object.values(metafile.outputs);
  if (made === undefined || described === undefined)
    throw new PatchbayError("script_invalid", `Bundling ${source} gave no output.`);
  const inputs = Object.keys(metafile.inputs);
  return {
    content: Buffer.from(neutralPaths(made.text, folder, inputs)),
    exports: described.exports,
    inputs: inputs.map((path) => resolve(folder, path)),
  };
};

/** esbuild's first error, with file and line, as one of the codes that a package is refused with. */
export const asFailure = (error: BuildFailure, folder: string): PatchbayError => {
  const [first] = error.errors ?? [];
  if (first === undefined) return new PatchbayError("script_invalid", String(error.message));
  const where = first.location ? `${first.location.file}:${first.location.line}: ` : "";
  return new PatchbayError(
    first.text.startsWith("Could not resolve") ? "import_not_available" : "script_invalid",
    `${where}${first.text}${isDeclared(folder, first.text) ? `. package.json lists it: run \`npm install\` in ${folder}.` : ""}`,
  );
};

/** Whether what could not be resolved is a package that the folder's own manifest lists. */
const isDeclared = (folder: string, text: string): boolean => {
  const name = /^Could not resolve "((?:@[^/"]+\/)?[^/"]+)/.exec(text)?.[1];
  const path = join(folder, "package.json");
  if (name === undefined || !existsSync(path)) return false;
  const read = parseJson(readFileSync(path));
  if (!read.ok || !isJsonObject(read.value)) return false;
  const manifest = read.value;
  return [manifest.dependencies, manifest.devDependencies, manifest.peerDependencies].some(
    (listed) => isJsonObject(listed) && Object.hasOwn(listed, name),
  );
};
