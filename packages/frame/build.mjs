// Builds what frames load: dist/boot.js, and dist/vendor/ with the modules that plugins import by name. Takes some hundred
// milliseconds. Everything is written beside and put in place as a whole.
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const here = fileURLToPath(new URL(".", import.meta.url));
const require = createRequire(import.meta.url);

const common = {
  absWorkingDir: here,
  bundle: true,
  format: "esm",
  platform: "browser",
  target: "es2023",
  charset: "utf8",
  legalComments: "none",
  minify: true,
  define: { "process.env.NODE_ENV": '"production"' },
  write: false,
  logLevel: "warning",
};

/** Modules by the name of their file in dist/vendor. React is CommonJS: its names are written out, as importers expect them. */
const VENDOR = {
  react: namesOf("react"),
  "react-jsx-runtime": namesOf("react/jsx-runtime"),
  "react-dom": namesOf("react-dom"),
  "react-dom-client": namesOf("react-dom/client"),
  "patchbay-sdk-ui": 'export * from "@patchbay/sdk/ui";',
};

function namesOf(name) {
  const names = Object.keys(require(name)).filter((key) => key !== "default" && !key.startsWith("__"));
  return `import module from "${name}";\nexport default module;\nexport const { ${names.join(", ")} } = module;`;
}

/** Serves the texts of VENDOR to esbuild as files. */
const vendorEntries = {
  name: "vendor-entries",
  setup(hooks) {
    hooks.onResolve({ filter: /^vendor:/ }, ({ path }) => ({ path: path.slice(7), namespace: "vendor" }));
    hooks.onLoad({ filter: /.*/, namespace: "vendor" }, ({ path }) => ({
      contents: VENDOR[path],
      resolveDir: here,
      loader: "js",
    }));
  },
};

const unfinished = join(here, `.dist-${process.pid}`);
try {
  const boot = await build({
    ...common,
    entryPoints: { boot: "src/boot.ts" },
    external: ["react", "react-dom/client", "@patchbay/sdk/ui"],
    outdir: unfinished,
  });
  const vendor = await build({
    ...common,
    entryPoints: Object.fromEntries(Object.keys(VENDOR).map((name) => [name, `vendor:${name}`])),
    // One React for all of them, in a file that they share.
    splitting: true,
    chunkNames: "shared-[hash]",
    plugins: [vendorEntries],
    outdir: join(unfinished, "vendor"),
  });
  for (const { path, contents } of [...boot.outputFiles, ...vendor.outputFiles]) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, contents);
    // Frames share no cache with each other, so what they load is small on the way.
    await writeFile(`${path}.gz`, gzipSync(contents, { level: 9 }));
  }
  await rm(join(here, "dist"), { recursive: true, force: true });
  await rename(unfinished, join(here, "dist"));
} finally {
  await rm(unfinished, { recursive: true, force: true });
}
