import { parse } from "node:path";
import { build, type Message, type Plugin } from "esbuild";
import { Refusal } from "./bundle.ts";

export interface UiModuleSource {
  readonly path: string;
  readonly content: string;
  /** Modules that the frame provides. */
  readonly modules: readonly string[];
}

const NAMESPACE = "bundle";

/**
 * Checks that a user-interface bundle is one ES module with a default export, which imports nothing but `modules`. Throws a
 * Refusal with `import_not_available` or `script_invalid` that names file and line.
 */
export async function checkUiBundle(source: UiModuleSource): Promise<void> {
  const { metafile } = await bundleAlone(source);
  const [output] = Object.values(metafile.outputs);
  const [input] = Object.entries(metafile.inputs).filter(([path]) => path.startsWith(NAMESPACE));
  if (input?.[1].format === "cjs")
    throw new Refusal(
      "script_invalid",
      `${source.path} is a CommonJS module. Build it as an ES module (for esbuild: --format=esm).`,
    );
  if (output?.exports.includes("default") !== true)
    throw new Refusal(
      "script_invalid",
      `${source.path} has no default export. Export the component: export default function View(props) { … }`,
    );
}

async function bundleAlone(source: UiModuleSource) {
  try {
    return await build({
      entryPoints: [source.path],
      bundle: true,
      write: false,
      metafile: true,
      format: "esm",
      platform: "neutral",
      target: "esnext",
      charset: "utf8",
      treeShaking: false,
      sourcemap: false,
      logLevel: "silent",
      absWorkingDir: parse(process.cwd()).root,
      tsconfigRaw: {},
      plugins: [oneModule(source)],
    });
  } catch (fault) {
    const [error] = fault instanceof Error && "errors" in fault ? (fault.errors as Message[]) : [];
    throw error === undefined ? fault : explain(error, source.path);
  }
}

function oneModule({ path, content, modules }: UiModuleSource): Plugin {
  return {
    name: NAMESPACE,
    setup(hooks) {
      hooks.onResolve({ filter: /.*/ }, (args) => {
        if (args.kind === "entry-point") return { path, namespace: NAMESPACE };
        if (args.kind !== "require-call" && modules.includes(args.path))
          return { path: args.path, external: true };
        return { errors: [{ text: notProvided(args.path, modules), detail: "import" }] };
      });
      hooks.onLoad({ filter: /.*/, namespace: NAMESPACE }, () => ({ contents: content, loader: "js" }));
    },
  };
}

const notProvided = (name: string, modules: readonly string[]) =>
  `imports "${name.slice(0, 200)}", which frames do not have; they have ${modules.join(", ")}. Bundle it into the file.`;

function explain(error: Message, path: string): Refusal {
  const place = error.location === null ? path : `${path}:${error.location.line}`;
  return error.detail === "import"
    ? new Refusal("import_not_available", `${place} ${error.text}`)
    : new Refusal("script_invalid", `${place}: ${error.text}. Mend it and build the plugin again.`);
}
