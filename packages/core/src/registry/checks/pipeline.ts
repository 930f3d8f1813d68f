import type { Finding } from "../../ports/registry-store.ts";
import type { DomainLog } from "../../world.ts";
import type { CheckedPackage, PackageCheck } from "./check.ts";
import { MAX_FINDINGS_PER_CHECK } from "./limits.ts";
import { packageRules } from "./package-rules.ts";
import { permissions } from "./permissions.ts";
import { secrets } from "./secrets.ts";
import { signature } from "./signature.ts";
import { similarNames } from "./similar-names.ts";
import { size } from "./size.ts";

const CHECKS: readonly PackageCheck[] = [packageRules, size, similarNames, secrets, permissions, signature];

/** All that the checks have to say. One that fails holds the package back as one that found something would. */
export const runChecks = async (
  checked: CheckedPackage,
  log: DomainLog,
  checks: readonly PackageCheck[] = CHECKS,
): Promise<Finding[]> => {
  const findings: Finding[] = [];
  for (const { name, run } of checks) {
    try {
      const remarks = await run(checked);
      findings.push(
        ...remarks.slice(0, MAX_FINDINGS_PER_CHECK).map((remark) => ({ check: name, ...remark })),
      );
    } catch (error) {
      log.error(
        { err: error, check: name, plugin: checked.packageFile.manifest.id },
        "a check of a package failed",
      );
      findings.push({
        check: name,
        level: "review",
        message: "This check failed itself, so a person has to look.",
      });
    }
  }
  return findings;
};

/** Worst finding first. */
export const outcomeOf = (findings: readonly Finding[]): "passed" | "quarantined" | "rejected" => {
  if (findings.some(({ level }) => level === "error")) return "rejected";
  return findings.some(({ level }) => level === "review") ? "quarantined" : "passed";
};
