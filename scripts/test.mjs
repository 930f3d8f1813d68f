// `npm test`: installs and builds what is missing, runs every test, and ends with one line that counts them.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildStale } from "./build.mjs";
import { endWithChildren, onEnd, run } from "./lib/children.mjs";
import { ensureDebianPackages } from "./lib/debian.mjs";
import { ensureInstalled } from "./lib/install.mjs";
import { Fault, main, NODE_MODULES, projectNode, projectPath, ROOT, say } from "./lib/project.mjs";
import { describeCounts, describeTimes, isGood, summarize } from "./lib/summary.mjs";

const NOTHING_RAN = { passed: 0, failed: 1, skipped: 0 };

await main(async () => {
  onEnd(endWithChildren);
  const counts = (await prepare()) ? await runTests(process.argv.slice(2)) : NOTHING_RAN;
  say(describeCounts(counts));
  return isGood(counts, process.env.CI === "true") ? 0 : 1;
});

/** Installs and builds; false when that failed, which has been said. */
async function prepare() {
  try {
    await ensureInstalled({ withDev: true });
    await ensureDebianPackages();
    await buildStale();
    return true;
  } catch (error) {
    process.stderr.write(`${error instanceof Fault ? error.message : error.stack}\n`);
    return false;
  }
}

/** Runs vitest with its usual output; `filters` are passed on to it. */
async function runTests(filters) {
  const folder = mkdtempSync(join(tmpdir(), "patchbay-tests-"));
  const report = join(folder, "report.json");
  const vitest = join(NODE_MODULES, "vitest", "vitest.mjs");
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  try {
    const code = await run(projectNode(), [vitest, "run", ...reporters, ...filters], {
      cwd: ROOT,
      env: testEnvironment(),
    });
    say(describeTimes(report));
    return summarize(report, code);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The caller's environment without its Patchbay: tests start their own. */
function testEnvironment() {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith("PATCHBAY_"));
  return { ...Object.fromEntries(kept), PATH: projectPath() };
}
