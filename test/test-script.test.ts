import { spawnSync } from "node:child_process";
import { afterEach, describe, expect, it } from "vitest";
import { makeCheckout, type ScriptCheckout } from "./support/checkout.ts";

const CONFIG = `export default { test: { include: ["cases/*.test.ts"], testTimeout: 5000 } };`;
const PASSES = `import { it } from "vitest"; it("a", () => undefined); it("b", () => undefined);`;
const FAILS = `import { it } from "vitest"; it("c", () => { throw new Error("no"); });`;
const SKIPS = `import { it } from "vitest"; it.skip("d", () => undefined); it.todo("e");`;
const DOES_NOT_LOAD = `import "./nowhere.ts"; import { it } from "vitest"; it("f", () => undefined);`;
const STRAY_REJECTION = `import { it } from "vitest"; it("g", async () => { Promise.reject(new Error("stray")); await new Promise((r) => setTimeout(r, 50)); });`;
const CRASH_OF_THE_RUNNER = `process.kill(process.pid, "SIGKILL"); export default {};`;

let checkout: ScriptCheckout;
afterEach(() => checkout.remove());

function runTests(files: Record<string, string>, env: Record<string, string> = {}) {
  const cases = Object.fromEntries(
    Object.entries(files).map(([name, text]) => [`cases/${name}.test.ts`, text]),
  );
  return runScript({ "vitest.config.ts": CONFIG, ...cases }, env);
}

function runScript(files: Record<string, string>, env: Record<string, string> = {}) {
  checkout = makeCheckout(files);
  const { status, stdout } = spawnSync(process.execPath, ["scripts/test.mjs"], {
    cwd: checkout.root,
    env: { ...process.env, CI: "", ...env },
    encoding: "utf8",
  });
  return { status, lastLine: stdout.trimEnd().split("\n").at(-1), stdout };
}

describe("npm test", () => {
  it("ends with one line that counts", () => {
    expect(runTests({ passes: PASSES })).toMatchObject({ status: 0, lastLine: "2 passed, 0 failed" });
  });

  it("says which files took the longest, before the last line", () => {
    const { stdout } = runTests({ passes: PASSES });
    expect(stdout).toMatch(/the slowest:\n +\d+\.\d s {2}cases\/passes\.test\.ts \(2\)\n2 passed/);
  });

  it("fails when a test fails", () => {
    expect(runTests({ passes: PASSES, fails: FAILS })).toMatchObject({
      status: 1,
      lastLine: "2 passed, 1 failed",
    });
  });

  it("counts what was skipped, which only a build server takes amiss", () => {
    const skipped = { lastLine: "2 passed, 0 failed, 2 skipped" };
    expect(runTests({ passes: PASSES, skips: SKIPS })).toMatchObject({ status: 0, ...skipped });
    checkout.remove();
    expect(runTests({ passes: PASSES, skips: SKIPS }, { CI: "true" })).toMatchObject({
      status: 1,
      ...skipped,
    });
  });

  it("counts a file that does not load as one failure", () => {
    expect(runTests({ passes: PASSES, broken: DOES_NOT_LOAD })).toMatchObject({
      status: 1,
      lastLine: "2 passed, 1 failed",
    });
  });

  it("fails when something fails outside of every test", () => {
    expect(runTests({ stray: STRAY_REJECTION })).toMatchObject({ status: 1, lastLine: "1 passed, 1 failed" });
  });

  it("fails when nothing ran, also because the runner crashed", () => {
    expect(runTests({})).toMatchObject({ status: 1, lastLine: "0 passed, 1 failed" });
    checkout.remove();
    expect(runScript({ "vitest.config.ts": CRASH_OF_THE_RUNNER })).toMatchObject({
      status: 1,
      lastLine: "0 passed, 1 failed",
    });
  });
});
