// Builds what is stale: each step runs when its inputs are not those of the last time. `node scripts/build.mjs` runs it alone.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "./lib/children.mjs";
import { withLock } from "./lib/lock.mjs";
import { BUILD, Fault, main, projectNode, projectPath, ROOT, requireWritable, say } from "./lib/project.mjs";

/** Folders that are made from others, or that no output depends on. */
const NOT_INPUTS = new Set(["node_modules", "dist", "build", "coverage"]);
const PLUGINS_OUTPUT = join(BUILD, "plugins");
const CLI = "apps/cli/src/main.ts";

/** A step makes the file `output` from everything below `inputs`. `make()` puts it in place only when it is complete. */
function steps() {
  return [
    guestBundle(),
    frameScripts(),
    npmPackages(),
    consoleFiles(),
    licences(),
    wordVectors(),
    ...pluginPackages(),
  ].filter((step) => step !== undefined);
}

/** The code that prepares a sandbox, in one script without imports. */
function guestBundle() {
  const builder = "packages/guest/build.mjs";
  if (!existsSync(join(ROOT, builder))) return undefined;
  return {
    name: "sandbox guest",
    inputs: ["packages/guest", "packages/sdk", "packages/protocol", "package-lock.json"],
    output: join(ROOT, "packages/guest/dist/guest.js"),
    make: () => runNode([builder], "Bundling the sandbox guest"),
  };
}

/** What the frames of user-interface plugins load. */
function frameScripts() {
  const builder = "packages/frame/build.mjs";
  if (!existsSync(join(ROOT, builder))) return undefined;
  return {
    name: "plugin frame",
    inputs: ["packages/frame", "packages/sdk", "packages/protocol", "package-lock.json"],
    output: join(ROOT, "packages/frame/dist/boot.js"),
    make: () => runNode([builder], "Bundling the plugin frame"),
  };
}

/** What authors of plugins install: the SDK, the command and the client, as the server hands them out. */
function npmPackages() {
  const builder = "scripts/packages/pack.mjs";
  if (!existsSync(join(ROOT, "apps/cli/src/packing"))) return undefined;
  return {
    name: "packages for authors",
    inputs: [
      "scripts/packages",
      "packages/sdk",
      "packages/api-client",
      "packages/protocol",
      "packages/artifact",
      "packages/core",
      "packages/runtime",
      "packages/guest",
      "apps/cli",
      "LICENSE",
      "tsconfig.base.json",
      "package-lock.json",
    ],
    output: join(BUILD, "packages", "index.json"),
    make: () => runNode([builder], "Packing the packages for authors"),
  };
}

/** The web console as browsers load it, with each file compressed beside it. */
function consoleFiles() {
  const builder = "apps/console/build.mjs";
  if (!existsSync(join(ROOT, builder))) return undefined;
  return {
    name: "console",
    inputs: ["apps/console", "packages/api-client", "packages/protocol", "package-lock.json"],
    output: join(BUILD, "console", "index.html"),
    make: async () => {
      const unfinished = join(BUILD, `.unfinished-${process.pid}-console`);
      try {
        await runNode([builder, unfinished], "Building the console");
        rmSync(join(BUILD, "console"), { recursive: true, force: true });
        renameSync(unfinished, join(BUILD, "console"));
      } finally {
        rmSync(unfinished, { recursive: true, force: true });
      }
    },
  };
}

/** What the packages that are handed on stand under. */
function licences() {
  const writer = "scripts/write-licences.mjs";
  // Who shows them.
  if (!existsSync(join(ROOT, "apps/server/src/http/routes/licences.ts"))) return undefined;
  return {
    name: "licences",
    inputs: [writer, "scripts/lib/licences.mjs", "scripts/licences", "LICENSE", "package-lock.json"],
    output: join(BUILD, "THIRD_PARTY_LICENCES.txt"),
    make: async () => {
      const unfinished = join(BUILD, `.unfinished-${process.pid}-licences`);
      mkdirSync(BUILD, { recursive: true });
      try {
        await runNode([writer, unfinished], "Writing the licences");
        renameSync(unfinished, join(BUILD, "THIRD_PARTY_LICENCES.txt"));
      } finally {
        rmSync(unfinished, { force: true });
      }
    },
  };
}

/** What the plugin word-vectors knows, from a package of some hundred megabytes: made anew only when that changes. */
function wordVectors() {
  const folder = "plugins/word-vectors";
  const builder = `${folder}/build.mjs`;
  if (!existsSync(join(ROOT, builder))) return undefined;
  return {
    name: "word vectors",
    inputs: [
      builder,
      `${folder}/package.json`,
      ...["layout", "weights", "words"].map((name) => `${folder}/src/${name}.ts`),
    ],
    output: join(ROOT, folder, "dist/vectors.js"),
    make: () => runNode([builder], "Packing the word vectors"),
  };
}

/** One step for each plugin that comes with Patchbay. */
function pluginPackages() {
  const parent = join(ROOT, "plugins");
  if (!existsSync(join(ROOT, CLI)) || !existsSync(parent)) return [];
  return readdirSync(parent)
    .filter((name) => existsSync(join(parent, name, "plugin.json")))
    .map((name) => ({
      name: `plugin ${name}`,
      inputs: [
        `plugins/${name}`,
        "packages/sdk",
        "packages/protocol",
        "packages/artifact",
        "apps/cli",
        "package-lock.json",
      ],
      output: join(PLUGINS_OUTPUT, `${name}.zip`),
      make: () => packPlugin(name),
    }));
}

async function packPlugin(name) {
  const unfinished = join(PLUGINS_OUTPUT, `.unfinished-${process.pid}-${name}.zip`);
  mkdirSync(PLUGINS_OUTPUT, { recursive: true });
  try {
    await runNode(
      [CLI, "plugin", "pack", join("plugins", name), "--output", unfinished],
      `Packing plugins/${name}`,
    );
    renameSync(unfinished, join(PLUGINS_OUTPUT, `${name}.zip`));
  } finally {
    rmSync(unfinished, { force: true });
  }
}

/** Runs a program of the project with its own Node. */
async function runNode(args, purpose) {
  const code = await run(projectNode(), args, { cwd: ROOT, env: { ...process.env, PATH: projectPath() } });
  if (code !== 0) throw new Fault(`${purpose} failed with code ${code}.`);
}

/** Runs every step that is stale. */
export async function buildStale() {
  if (staleSteps().length === 0) return;
  requireWritable(ROOT, "build something");
  await withLock(async () => {
    for (const step of staleSteps()) await build(step);
    removeOrphans();
  });
}

function staleSteps() {
  return steps()
    .map((step) => ({ ...step, key: inputsDigest(step) }))
    .filter(({ name, output, key }) => !existsSync(output) || readStamp(name) !== key);
}

async function build({ name, key, make }) {
  const startedMs = performance.now();
  await make();
  mkdirSync(dirname(stampPath(name)), { recursive: true });
  writeFileSync(stampPath(name), key);
  say(`Built ${name} in ${Math.round(performance.now() - startedMs)} ms.`);
}

/** Packages of plugins that were removed from the checkout would be installed for ever. */
function removeOrphans() {
  if (!existsSync(PLUGINS_OUTPUT)) return;
  const wanted = new Set(pluginPackages().map(({ output }) => basename(output)));
  for (const name of readdirSync(PLUGINS_OUTPUT)) {
    if (!wanted.has(name)) rmSync(join(PLUGINS_OUTPUT, name));
  }
}

function inputsDigest({ name, inputs }) {
  const hash = createHash("sha256")
    .update(name)
    .update(readFileSync(fileURLToPath(import.meta.url)));
  for (const file of inputs.flatMap((input) => filesBelow(join(ROOT, input)))) {
    const content = readFileSync(file);
    hash.update(`\n${relative(ROOT, file)} ${content.length}\n`).update(content);
  }
  return hash.digest("hex");
}

function filesBelow(path) {
  const entries = existsSync(path) ? readdirSyncOrFile(path) : [];
  if (entries === undefined) return [path];
  return entries
    .filter((entry) => !NOT_INPUTS.has(entry.name) && !entry.name.includes(".test."))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => (entry.isFile() || entry.isDirectory() ? filesBelow(join(path, entry.name)) : []));
}

/** Entries of a folder; undefined when the path is a file. */
function readdirSyncOrFile(path) {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch (error) {
    if (error.code === "ENOTDIR") return undefined;
    throw error;
  }
}

const stampPath = (name) => join(BUILD, "stamps", name.replaceAll(" ", "-"));

function readStamp(name) {
  return existsSync(stampPath(name)) ? readFileSync(stampPath(name), "utf8") : undefined;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main(async () => {
    await buildStale();
    return 0;
  });
}
