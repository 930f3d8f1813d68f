import { type Grant, PatchbayError } from "@patchbay/protocol";
import type { Authority } from "../../access/authority.ts";
import { missingGrants } from "../../access/grants.ts";
import { requireAllowed, requireGrantable } from "../../access/policy-rules.ts";
import type { PackageVersion } from "../../ports/catalog-store.ts";
import type { Installation } from "../../ports/installation-store.ts";
import type { VersionChange } from "../plans/version-change.ts";
import type { JsonObject } from "../settings/json-merge.ts";
import type { InstallationContext } from "./installation-context.ts";

type Context = Pick<InstallationContext, "blocks" | "settings" | "trust">;

/** Whether a version may run with these grants and settings. Throws `version_blocked`, `grants_required` (with `missing`), `settings_invalid`. */
export const requireStartable = async (
  context: Context,
  installation: Installation,
  version: PackageVersion,
  grants: readonly Grant[],
  settings: JsonObject = {},
): Promise<void> => {
  context.blocks.requireUnblocked(version);
  const { manifest } = version;
  const missing = missingGrants(manifest, grants);
  if (missing.length > 0) {
    const names = missing.map(({ name }) => name).join(", ");
    throw new PatchbayError(
      "grants_required",
      `"${manifest.id}" cannot run without ${names}. Grant it first.`,
      { facts: { missing } },
    );
  }
  const { projects } = installation.scope;
  await context.settings.requireComplete(installation.id, manifest, projects, settings);
};

/** Whether somebody may change to the version with these grants. */
export const requireChangeAllowed = async (
  context: Context,
  authority: Authority,
  plan: VersionChange,
): Promise<void> => {
  requireAllowed(authority.policy, plan.target);
  await context.trust.requireFit(plan.target, authority.policy);
  requireGrantable(authority, plan.target.manifest, plan.grants, plan.carried);
};
