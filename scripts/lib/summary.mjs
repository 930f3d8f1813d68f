// What a run of the tests comes to, from vitest's JSON report.
import { existsSync, readFileSync } from "node:fs";
import { relative } from "node:path";
import { ROOT } from "./project.mjs";

/**
 * Counts of a run. A file that could not be loaded counts as one failed test, and so does a run that failed for another
 * reason (an error outside any test, a crash before the report was written).
 */
export function summarize(reportPath, exitCode) {
  const report = readReport(reportPath);
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const file of report?.testResults ?? []) {
    for (const { status } of file.assertionResults) counts[kindOf(status)] += 1;
    if (file.status === "failed" && !file.assertionResults.some(({ status }) => status === "failed"))
      counts.failed += 1;
  }
  const failedSilently = report === undefined || report.success === false || exitCode !== 0;
  if (counts.failed === 0 && failedSilently) counts.failed = 1;
  return counts;
}

/** `12 passed, 0 failed`, with `, 3 skipped` when there are any. */
export function describeCounts({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}

/** Whether the run counts as good: something ran, nothing failed, and on a build server nothing was left out. */
export function isGood({ passed, failed, skipped }, ci) {
  return passed > 0 && failed === 0 && !(ci && skipped > 0);
}

/**
 * Where the time of a run went: all files together, and the slowest of them, in seconds. Files run side by
 * side, so that together they take longer than the run. Empty without a report.
 */
export function describeTimes(reportPath, slowest = 15) {
  const files = (readReport(reportPath)?.testResults ?? []).map(
    ({ name, assertionResults, startTime, endTime }) => ({
      name: relative(ROOT, name),
      tests: assertionResults.length,
      seconds: (endTime - startTime) / 1000,
    }),
  );
  if (files.length === 0) return "";
  const whole = files.reduce((sum, { seconds }) => sum + seconds, 0);
  const lines = files
    .sort((a, b) => b.seconds - a.seconds)
    .slice(0, slowest)
    .map(({ name, tests, seconds }) => `${seconds.toFixed(1).padStart(8)} s  ${name} (${tests})`);
  return [`Files took ${whole.toFixed(0)} s altogether, the slowest:`, ...lines].join("\n");
}

function kindOf(status) {
  return status === "passed" || status === "failed" ? status : "skipped";
}

function readReport(path) {
  if (!existsSync(path)) return undefined;
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined; // cut off by a crash
    throw error;
  }
}
