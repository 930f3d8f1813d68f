// Makes the packages that others install, in build/packages: the tarball of each, and a list of them. Run by the build.
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { build } from "esbuild";
import { npmTarball } from "../../apps/cli/src/packing/npm-tarball.ts";
import { BUILD, main, ROOT } from "../lib/project.mjs";
import { copyDeclarations, emitDeclarations, placeOf } from "./declarations.mjs";
import { PUBLISHED } from "./published.mjs";

const OUTPUT = join(BUILD, "packages");
const TARGET = "node20";
/** What another package is made from, of those that were made before it. */
const MADE = "build/packages/";

/** Packages of npm stay imports: each is installed once, and can be mended without us. */
const ownCodeAlone = {
  name: "own-code-alone",
  setup(hooks) {
    hooks.onResolve({ filter: /^[^.#/]/ }, ({ path, kind }) =>
      kind === "entry-point" || path.startsWith("@patchbay/") ? undefined : { path, external: true },
    );
  },
};

await main(async () => {
  const unfinished = join(BUILD, `.unfinished-${process.pid}-packages`);
  const declarations = join(BUILD, `.unfinished-${process.pid}-declarations`);
  try {
    await emitDeclarations(PUBLISHED.flatMap(declaredSources), declarations);
    const made = [];
    for (const one of PUBLISHED) made.push(await makePackage(one, unfinished, declarations));
    for (const { workspace } of PUBLISHED) rmSync(join(unfinished, basename(workspace)), { recursive: true });
    writeFileSync(join(unfinished, "index.json"), `${JSON.stringify({ packages: made }, null, 2)}\n`);
    rmSync(OUTPUT, { recursive: true, force: true });
    renameSync(unfinished, OUTPUT);
  } finally {
    for (const folder of [unfinished, declarations]) rmSync(folder, { recursive: true, force: true });
  }
  return 0;
});

function declaredSources({ entries, exports }) {
  return Object.values(exports).map((name) => entries[name]);
}

/** Makes one package below `parent` and tells what it is. */
async function makePackage(published, parent, declarations) {
  const short = basename(published.workspace);
  const folder = join(parent, short);
  const { name, version } = readManifest(published.workspace);
  const imported = await bundle(published, folder);
  const typed = copyDeclarations(declaredSources(published), declarations, join(folder, "dist/types"));
  for (const [path, from] of Object.entries(published.files)) {
    const source = from.startsWith(MADE) ? join(parent, from.slice(MADE.length)) : join(ROOT, from);
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    cpSync(source, join(folder, path), { recursive: true, filter: (one) => basename(one) !== "types" });
  }
  cpSync(join(ROOT, "LICENSE"), join(folder, "LICENSE"));
  cpSync(join(ROOT, published.workspace, "README.md"), join(folder, "README.md"));
  writeFileSync(
    join(folder, "package.json"),
    `${JSON.stringify(manifestFor(published, new Set([...imported, ...typed])), null, 2)}\n`,
  );
  const tarball = await npmTarball(folder);
  writeFileSync(join(parent, `${short}.tgz`), tarball);
  const integrity = `sha512-${createHash("sha512").update(tarball).digest("base64")}`;
  return { name, version, file: `${short}.tgz`, bytes: tarball.length, integrity };
}

/** Bundles the modules with all code of the project that they need. Returns the other packages that they import. */
async function bundle({ entries }, folder) {
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: entries,
    outdir: join(folder, "dist"),
    chunkNames: "chunk-[hash]",
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: TARGET,
    charset: "utf8",
    sourcemap: true,
    metafile: true,
    logLevel: "warning",
    plugins: [ownCodeAlone],
  });
  return Object.values(metafile.outputs)
    .flatMap(({ imports }) => imports)
    .filter(({ external, path }) => external && !path.startsWith("node:"))
    .map(({ path }) => path);
}

function manifestFor({ workspace, entries, exports, exportedFiles = [], manifest }, imported) {
  const { name, version, description, license } = readManifest(workspace);
  const { dependencies: named = [], peerDependencies = {}, ...further } = manifest;
  const packages = [...imported, ...named]
    .map((path) => /^(?:@[^/]+\/)?[^/]+/.exec(path)[0])
    .filter((path) => !(path in peerDependencies));
  return {
    ...{ name, version, description, license, type: "module" },
    ...further,
    ...(Object.keys(peerDependencies).length > 0 && { peerDependencies }),
    exports: {
      ...Object.fromEntries(
        Object.entries(exports).map(([path, module]) => [
          path,
          { types: `./dist/types/${placeOf(entries[module])}`, default: `./dist/${module}.js` },
        ]),
      ),
      ...Object.fromEntries([...exportedFiles, "package.json"].map((file) => [`./${file}`, `./${file}`])),
    },
    dependencies: Object.fromEntries([...new Set(packages)].sort().map((one) => [one, versionOf(one)])),
  };
}

/** The version that the checkout is tested with. */
function versionOf(name) {
  const found = ["packages", "apps"]
    .flatMap((parent) => readdirSync(join(ROOT, parent)).map((workspace) => `${parent}/${workspace}`))
    .map((workspace) => readManifest(workspace).dependencies?.[name])
    .find((version) => version !== undefined);
  if (found === undefined) throw new Error(`No workspace depends on ${name}.`);
  return found;
}

function readManifest(workspace) {
  return JSON.parse(readFileSync(join(ROOT, workspace, "package.json"), "utf8"));
}
