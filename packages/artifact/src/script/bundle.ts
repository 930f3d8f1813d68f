import { parse, posix } from "node:path";
import type { ErrorCode } from "@patchbay/protocol";
import { build, type Loader, type Message, type OnResolveArgs, type Plugin } from "esbuild";

/** A refusal on its way to the host. This process loads no more than it needs, so the host makes the real error of it. */
export class Refusal extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

export interface BundleSource {
  readonly main: string;
  /** A file's content, or undefined when the package has none at this path. */
  readonly readFile: (path: string) => Promise<Uint8Array | undefined>;
  /** Modules that stay imports, without `node:`. */
  readonly builtins: readonly string[];
}

const NAMESPACE = "package";
const ENTRY = "patchbay-entry";
/** What an import may leave out: the ending, or the file's name when it names a folder. */
const ENDINGS = ["", ".js", ".mjs", ".cjs", ".json", "/index.js", "/index.mjs", "/index.cjs"];
const LOADERS: Readonly<Record<string, Loader>> = {
  ".js": "js",
  ".mjs": "js",
  ".cjs": "js",
  ".json": "json",
};

/**
 * Bundles `main` and what it imports from the package into the body of a function `(require) => exports`. Nothing is
 * read but through `readFile`. Throws a Refusal with `entry_missing`, `import_not_available` or `script_invalid`.
 */
export async function bundleScript(source: BundleSource): Promise<string> {
  const result = await runEsbuild(source);
  const [output] = result.outputFiles;
  if (output === undefined) throw new Error("esbuild returned no output");
  // A bundle of ES modules alone was written for strict mode; CommonJS files may have been written for the other.
  const formats = Object.values(result.metafile.inputs).map((input) => input.format);
  const strict = formats.includes("cjs") ? "" : '"use strict";\n';
  return `${strict}var module = { exports: {} };\n${output.text}\nreturn module.exports.plugin;\n`;
}

async function runEsbuild(source: BundleSource) {
  try {
    return await build({
      // The namespace import gives the same object whether `main` is an ES module or CommonJS.
      stdin: {
        contents: `import * as plugin from "${ENTRY}"; export { plugin };`,
        sourcefile: ENTRY,
        loader: "js",
      },
      bundle: true,
      write: false,
      metafile: true,
      format: "cjs",
      platform: "neutral",
      target: "esnext",
      // So that every import that is left goes through the guest's `require`, which answers or refuses it.
      supported: { "dynamic-import": false },
      charset: "utf8",
      sourcemap: false,
      legalComments: "none",
      logLevel: "silent",
      // Neither the disk's configuration nor its folders have a say.
      absWorkingDir: parse(process.cwd()).root,
      tsconfigRaw: {},
      plugins: [packageFiles(source)],
    });
  } catch (fault) {
    const [error] = isBuildFailure(fault) ? fault.errors : [];
    throw error === undefined ? fault : explain(error);
  }
}

/** Resolves imports inside the package and nowhere else. */
function packageFiles(source: BundleSource): Plugin {
  const { main, readFile } = source;
  return {
    name: NAMESPACE,
    setup(hooks) {
      hooks.onResolve({ filter: /.*/ }, async (args) => {
        if (args.path === ENTRY && args.namespace !== NAMESPACE) {
          if ((await readFile(main)) === undefined) return refusal("entry_missing", missingMain(main));
          return { path: main, namespace: NAMESPACE };
        }
        return resolveImport(args, source);
      });
      hooks.onLoad({ filter: /.*/, namespace: NAMESPACE }, async ({ path }) => {
        const contents = await readFile(path);
        if (contents === undefined) return refusal("entry_missing", `The package has no file "${path}".`);
        return { contents, loader: LOADERS[posix.extname(path)] ?? "js" };
      });
    },
  };
}

async function resolveImport(args: OnResolveArgs, { readFile, builtins }: BundleSource) {
  const builtin = args.path.replace(/^node:/, "");
  if (builtins.includes(builtin)) return { path: `node:${builtin}`, external: true };
  if (!/^\.\.?(?:\/|$)/.test(args.path)) {
    if (/^[a-z][a-z0-9+.-]*:\/|^data:/i.test(args.path))
      return refusal("import_not_available", notAvailable(args));
    // Left to esbuild, which finds nothing without a folder to search, and forgives imports whose failure is caught.
    return undefined;
  }
  const target = posix.normalize(posix.join(posix.dirname(args.importer), args.path));
  if (target.startsWith("../")) return refusal("import_not_available", notAvailable(args));
  for (const ending of ENDINGS) {
    const path = target + ending;
    if (!Object.hasOwn(LOADERS, posix.extname(path)) || (await readFile(path)) === undefined) continue;
    return { path, namespace: NAMESPACE };
  }
  return undefined;
}

type Refused = "entry_missing" | "import_not_available";

/** An answer that makes esbuild report `message` for the import at hand, with its place. */
const refusal = (code: Refused, message: string) => ({ errors: [{ text: message, detail: code }] });

const missingMain = (main: string) =>
  `plugin.json names "${main}" as "main", but the package has no such file. Build the plugin before packing it.`;

const notAvailable = (args: { readonly path: string }) =>
  `imports "${args.path}", which the sandbox does not have. Bundle the module, or use web APIs instead.`;

const isBuildFailure = (fault: unknown): fault is { errors: Message[] } & Error =>
  fault instanceof Error && "errors" in fault && Array.isArray(fault.errors);

/** The refusal for esbuild's first error, with file and line where it has them. */
function explain(error: Message): Refusal {
  if (error.detail === "entry_missing") return new Refusal("entry_missing", error.text);
  const file = error.location?.file.replace(`${NAMESPACE}:`, "") ?? "The server bundle";
  const place = error.location === null ? file : `${file}:${error.location.line}`;
  if (error.detail === "import_not_available")
    return new Refusal("import_not_available", `${place} ${error.text}`);
  const unresolved = /^Could not resolve "(.*)"$/.exec(error.text)?.[1];
  if (unresolved !== undefined) {
    const text = unresolved.startsWith(".")
      ? `imports "${unresolved}", but the package has no such JavaScript or JSON file. Build the plugin before packing it.`
      : notAvailable({ path: unresolved });
    return new Refusal("import_not_available", `${place} ${text}`);
  }
  if (error.text.startsWith("Top-level await")) {
    return new Refusal(
      "script_invalid",
      `${place} uses await outside a function, which a plugin cannot: move it into onActivate.`,
    );
  }
  return new Refusal("script_invalid", `${place}: ${error.text}. Mend it and build the plugin again.`);
}
