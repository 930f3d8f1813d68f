// Tries the packages for authors on other Nodes than the project's: `node scripts/try-packages.mjs [22.23.5 24.22.3 26.12.1]`.
// Checks their types as all kinds of importers see them, too. Needs the network; for releases, and after changes to what is packed.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildStale } from "./build.mjs";
import { endWithChildren, onEnd, run } from "./lib/children.mjs";
import { ensureInstalled } from "./lib/install.mjs";
import {
  BUILD,
  main,
  NODE_MODULES,
  outsidePath,
  projectNode,
  projectPath,
  ROOT,
  say,
} from "./lib/project.mjs";

const NODES = ["22.23.5", "24.22.3", "26.12.1"];
/** Not among the dependencies: it brings a second compiler. */
const TYPE_CHECKER = "@arethetypeswrong/cli@0.18.5";
/** Those that are imported. */
const PACKAGES = ["sdk", "api-client"];

await main(async () => {
  onEnd(endWithChildren);
  await ensureInstalled({ withDev: true });
  await buildStale();
  const folder = mkdtempSync(join(tmpdir(), "patchbay-try-"));
  try {
    const failed = [];
    if (!(await areTypesRight(folder))) failed.push("types");
    const versions = process.argv.length > 2 ? process.argv.slice(2) : NODES;
    for (const version of versions) if (!(await runsOn(version, folder))) failed.push(`Node ${version}`);
    say(failed.length === 0 ? "All of it works." : `Not well: ${failed.join(", ")}.`);
    return failed.length === 0 ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

/** Whether importers of every kind find the types that belong to the code; CommonJS is none, since the packages are ES modules. */
async function areTypesRight(folder) {
  await install(folder, TYPE_CHECKER);
  const checker = join(folder, "node_modules/.bin/attw");
  const codes = [];
  for (const name of PACKAGES) {
    const args = [join(BUILD, "packages", `${name}.tgz`), "--profile", "esm-only", "--no-color"];
    codes.push(await run(checker, args, { cwd: folder, stdio: "inherit" }));
  }
  return codes.every((code) => code === 0);
}

/** Whether authors who have this Node get along with the packages. */
async function runsOn(version, folder) {
  const name = `node-${process.platform}-${process.arch}`;
  await install(folder, `${name}@${version}`);
  const vitest = join(NODE_MODULES, "vitest/vitest.mjs");
  say(`On Node ${version}:`);
  const code = await run(projectNode(), [vitest, "run", "test/authors-outside.test.ts"], {
    cwd: ROOT,
    env: { ...process.env, PATH: projectPath(), AUTHOR_NODE: join(folder, "node_modules", name, "bin/node") },
  });
  return code === 0;
}

async function install(folder, what) {
  writeFileSync(join(folder, "package.json"), '{ "private": true }');
  const quiet = ["--no-audit", "--no-fund", "--no-save", "--ignore-scripts", "--loglevel=error"];
  const code = await run("npm", ["install", ...quiet, what], {
    cwd: folder,
    env: { ...process.env, PATH: outsidePath() },
  });
  if (code !== 0) throw new Error(`npm could not install ${what}.`);
}
