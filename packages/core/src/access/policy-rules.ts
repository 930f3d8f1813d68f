import { type Grant, type Manifest, PatchbayError } from "@patchbay/protocol";
import { matchesPlugin } from "../model/plugin-patterns.ts";
import type { OrganizationPolicy, PolicyRule } from "../model/policy.ts";
import type { PackageVersion } from "../ports/catalog-store.ts";
import type { Authority } from "./authority.ts";
import { allRequests, grantWithin, isWithin } from "./grants.ts";

/** What a policy says about a package, as far as it can be told before it is installed. */
export type JudgedPackage = Pick<PackageVersion, "pluginId" | "source" | "badge">;

/** Why a policy does not want a package. */
export interface Objection {
  readonly rule: PolicyRule;
  readonly message: string;
}

/** The first rule that speaks against having the package at all; null when none does. */
export const objectionTo = (
  { forbidden, allowed, required, sources, badges }: OrganizationPolicy,
  { pluginId, source, badge }: JudgedPackage,
): Objection | null => {
  if (matchesPlugin(forbidden, pluginId))
    return { rule: "forbidden", message: `The plugin "${pluginId}" is forbidden here.` };
  // What comes with Patchbay itself is as trusted as Patchbay.
  if (source === "builtin") return null;
  if (allowed !== "all" && !matchesPlugin(allowed, pluginId) && !required.includes(pluginId))
    return { rule: "allowed", message: `The plugin "${pluginId}" is not among those that are allowed here.` };
  if (sources !== "all" && !sources.includes(source))
    return {
      rule: "sources",
      message: `"${pluginId}" comes from the source "${source}", which is not allowed here.`,
    };
  if (badges !== "all" && !badges.includes(badge))
    return { rule: "badges", message: `"${pluginId}" has the badge "${badge}", which is not allowed here.` };
  return null;
};

/** Throws `policy_blocked` when the policy does not want the package. */
export const requireAllowed = (policy: OrganizationPolicy, judged: JudgedPackage): void => {
  const objection = objectionTo(policy, judged);
  if (objection !== null) throw blocked(objection, judged.pluginId);
};

/** Why the policy does not want a package with this signature; null when it does. */
export const signatureObjection = (
  { signatures }: OrganizationPolicy,
  { pluginId, source }: JudgedPackage,
  { state }: { readonly state: string },
): Objection | null => {
  // What comes with Patchbay itself is as trusted as Patchbay.
  if (signatures === "optional" || source === "builtin" || state === "signed") return null;
  const message = `"${pluginId}" is not signed by a known key of its publisher, which is required here.`;
  return { rule: "signatures", message };
};

/** Throws `policy_blocked` when the policy wants a signature that is not there. */
export const requireSigned = (
  policy: OrganizationPolicy,
  judged: JudgedPackage,
  trust: { readonly state: string },
): void => {
  const objection = signatureObjection(policy, judged, trust);
  if (objection !== null) throw blocked(objection, judged.pluginId);
};

/** Throws `policy_blocked` when nobody may bring plugins into the organization. */
export const requireInstallable = ({ install }: OrganizationPolicy): void => {
  if (install === "nobody") throw blocked({ rule: "install", message: "Nobody may install plugins here." });
};

/** Throws `policy_blocked` when packages of this source may not be brought. */
export const requireSource = ({ sources }: OrganizationPolicy, source: PackageVersion["source"]): void => {
  if (sources === "all" || sources.includes(source)) return;
  throw blocked({ rule: "sources", message: `Packages of the source "${source}" are not allowed here.` });
};

/** Throws `policy_blocked` for a plugin that has to stay. */
export const requireDispensable = ({ required }: OrganizationPolicy, pluginId: string): void => {
  if (!required.includes(pluginId)) return;
  const message = `The plugin "${pluginId}" is required here: it may be neither disabled nor uninstalled.`;
  throw blocked({ rule: "required", message }, pluginId);
};

/**
 * Throws `policy_blocked` when `grants` go beyond what may be granted without an owner or administrator, and the caller is
 * neither. What was granted before (`held`, with its limits spelled out) may stay.
 */
export const requireGrantable = (
  { policy, administers }: Authority,
  manifest: Manifest,
  grants: readonly Grant[],
  held: readonly Grant[] = [],
): void => {
  const { maxGrants } = policy;
  if (maxGrants === "all" || administers) return;
  const requests = allRequests(manifest);
  const limits = [...maxGrants, ...held];
  const beyond = grants
    .map((grant) => grantWithin(grant, requests))
    .filter((grant) => !limits.some((limit) => limit.name === grant.name && isWithin(limit, grant)));
  if (beyond.length === 0) return;
  const names = beyond.map(({ name, hosts }) =>
    hosts === undefined ? name : `${name} (${hosts.join(", ")})`,
  );
  const message = `Only an owner or administrator may grant ${names.join(", ")} to "${manifest.id}".`;
  throw blocked({ rule: "maxGrants", message }, manifest.id, { beyond });
};

/** Throws `policy_blocked` when nobody but those whose they are may read what plugins keep of conversations. */
export const requireReadableConversations = ({ conversations }: OrganizationPolicy): void => {
  if (conversations === "administrators") return;
  const message = "What plugins keep of conversations is read by nobody else here.";
  throw blocked({ rule: "conversations", message });
};

const blocked = (
  { rule, message }: Objection,
  plugin?: string,
  more: Readonly<Record<string, unknown>> = {},
): PatchbayError =>
  new PatchbayError(
    "policy_blocked",
    `${message} That is the organization's policy (${rule}); its owners and administrators can change it.`,
    { facts: { rule, changedBy: CHANGED_BY, ...(plugin !== undefined && { plugin }), ...more } },
  );

/** Roles that may change a policy. */
export const CHANGED_BY = ["owner", "admin"] as const;
