import type { Revised } from "@patchbay/api-client";
import type { PermissionName, PolicyBody, PolicyDto } from "@patchbay/protocol";

/** The rules alone, without what the server says about them. */
export type PolicyRules = Omit<PolicyDto, "violations" | "changedBy">;

export const rulesOf = ({
  violations: _violations,
  changedBy: _changedBy,
  revision: _revision,
  ...rules
}: Revised<PolicyDto>): PolicyRules => rules;

export const policyBodyOf = (rules: PolicyRules): PolicyBody => rules as PolicyBody;

/** What is ticked of `every`: a rule that names them all is no limit. */
export const chosenOf = <Value extends string>(every: readonly Value[], ticked: readonly string[]) => {
  const chosen = every.filter((one) => ticked.includes(one));
  return chosen.length === every.length ? ("all" as const) : chosen;
};

/** Limits for permissions of these names; those that were limited further before stay so. */
export const grantsNamed = (names: readonly PermissionName[], before: PolicyRules["maxGrants"]) =>
  names.map((name) => (before === "all" ? [] : before).find((one) => one.name === name) ?? { name });
