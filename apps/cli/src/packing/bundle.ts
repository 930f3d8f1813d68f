import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { PatchbayError, SANDBOX_MODULES } from "@patchbay/protocol";
import { type BuildFailure, type BuildOptions, build } from "esbuild";
import { providedModules } from "./provided-modules.ts";

const SOURCES = ["src/plugin.ts", "src/plugin.js", "src/index.ts", "src/index.js"];
/** The SDK that came with this command, for folders that have none installed. */
const OWN_SDK = fileURLToPath(import.meta.resolve("@patchbay/sdk"));
const OWN_TESTING = fileURLToPath(import.meta.resolve("@patchbay/sdk/testing"));
const OWN_UI = fileURLToPath(import.meta.resolve("@patchbay/sdk/ui"));
const OWN_UI_TESTING = fileURLToPath(import.meta.resolve("@patchbay/sdk/testing/ui"));

/** The author's source file in a plugin's folder, or null: then the bundle that the manifest names is taken as it is. */
export const findSource = (folder: string): string | null =>
  SOURCES.find((path) => existsSync(join(folder, path))) ?? null;

/** Bundles `source` with everything that it imports into one ES module for the sandbox. Throws `script_invalid` or `import_not_available`. */
export const bundleServer = (folder: string, source: string): Promise<Uint8Array> =>
  bundle(folder, source, {
    conditions: ["deno", "worker", "browser"],
    target: "es2024",
    plugins: [providedModules(SANDBOX_MODULES.flatMap((name) => [name, `node:${name}`]))],
  });

/** One ES module from `source`, by what all bundles of plugins have in common and `options`. Throws as `bundleServer`. */
export const bundle = async (folder: string, source: string, options: BuildOptions): Promise<Uint8Array> => {
  const { outputFiles } = await build({
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
  }).catch((error: BuildFailure) => {
    throw asFailure(error);
  });
  const [made] = outputFiles;
  if (made === undefined) throw new PatchbayError("script_invalid", `Bundling ${source} gave no output.`);
  return made.contents;
};

/** For esbuild: the SDK of this command where the folder has none of its own. */
export const sdkAlias = (folder: string): Record<string, string> =>
  existsSync(join(folder, "node_modules/@patchbay/sdk"))
    ? {}
    : {
        "@patchbay/sdk/testing/ui": OWN_UI_TESTING,
        "@patchbay/sdk/testing": OWN_TESTING,
        "@patchbay/sdk/ui": OWN_UI,
        "@patchbay/sdk": OWN_SDK,
      };

/** esbuild's first error, with file and line, as one of the codes that a package is refused with. */
export const asFailure = (error: BuildFailure): PatchbayError => {
  const [first] = error.errors ?? [];
  if (first === undefined) return new PatchbayError("script_invalid", String(error.message));
  const where = first.location ? `${first.location.file}:${first.location.line}: ` : "";
  return new PatchbayError(
    first.text.startsWith("Could not resolve") ? "import_not_available" : "script_invalid",
    `${where}${first.text}`,
  );
};
