import {
  type Grant,
  type LockedPluginDto,
  type LockFileDto,
  type Manifest,
  PatchbayError,
  tokensOf,
} from "@patchbay/protocol";
import type { MemberAuthority } from "../../access/authority.ts";
import {
  allRequests,
  grantWithin,
  missingGrants,
  normalizeGrants,
  requireGrantsAskedFor,
} from "../../access/grants.ts";
import { requireGrantable } from "../../access/policy-rules.ts";
import type { StoredSettings } from "../../ports/settings-store.ts";
import { getPath } from "../settings/json-merge.ts";
import { type GivenSecret, givenSecrets, newHosts } from "../settings/secret-hosts.ts";
import { patchedLevels, requireCompleteLevels } from "../settings/settings-patches.ts";
import type { LockedPackage, PresentPlugin, PresentPlugins } from "./lock-state.ts";
import { requireProject, type SettingsParts, settingsPatches } from "./settings-plan.ts";

/** All that a plan depends on; nothing is read besides. */
export interface PlanningParts extends SettingsParts {
  readonly authority: MemberAuthority;
  readonly lock: LockFileDto;
  readonly present: PresentPlugins;
  /** The versions that the file names, or why one of them cannot be had. */
  readonly packages: ReadonlyMap<string, LockedPackage | PatchbayError>;
  readonly prune: boolean;
  /** Ranges that plugins may not leave, by id. */
  readonly pins: Readonly<Record<string, { readonly pin?: string | undefined }>>;
  readonly patchbayVersion: string;
}

/** What a start asks for: required permissions, and settings that are complete wherever the plugin applies. */
export const requireStartable = (
  parts: PlanningParts,
  wanted: LockedPluginDto,
  { manifest }: LockedPackage,
  plugin: PresentPlugin | undefined,
): void => {
  requireRequired(manifest, normalizeGrants(wanted.grants as Grant[]));
  const levels = settingsPatches(parts, wanted, plugin, []).reduce<readonly StoredSettings[]>(
    (all, { project, patch }) => patchedLevels(manifest, all, project, patch),
    plugin?.levels ?? [],
  );
  requireCompleteLevels(manifest, levels, wanted.scope.projects);
};

export const requireGrants = (
  authority: MemberAuthority,
  wanted: LockedPluginDto,
  { manifest }: LockedPackage,
  plugin: PresentPlugin | undefined,
): void => {
  const grants = normalizeGrants(wanted.grants as Grant[]);
  requireGrantsAskedFor(manifest, grants, plugin?.installation.grants);
  const asked = plugin === undefined ? [] : allRequests(plugin.package.manifest);
  const held = (plugin?.installation.grants ?? []).map((grant) => grantWithin(grant, asked));
  requireGrantable(authority, manifest, grants, held);
  requireRequired(manifest, grants);
};

const requireRequired = (manifest: Manifest, grants: readonly Grant[]): void => {
  const missing = missingGrants(manifest, grants);
  if (missing.length === 0) return;
  const names = missing.map(({ name }) => name).join(", ");
  throw new PatchbayError(
    "grants_required",
    `"${manifest.id}" cannot work without ${names}; the file does not grant it.`,
    {
      facts: { missing },
    },
  );
};

/** A secret goes to hosts that only another version names when its value comes with the file's application. */
export const requireSecretsFor = (
  parts: PlanningParts,
  wanted: LockedPluginDto,
  { manifest }: LockedPackage,
  plugin: PresentPlugin,
): void => {
  const patches = settingsPatches(parts, wanted, plugin, []);
  const isGiven = ({ project, pointer }: GivenSecret) =>
    patches.some((one) => one.project === project && getPath(one.patch, tokensOf(pointer)) !== undefined);
  const given = givenSecrets(plugin.levels).filter((secret) => !isGiven(secret));
  const missing = newHosts(given, plugin.package.manifest, manifest);
  if (missing.length === 0) return;
  const names = missing.map(({ setting, hosts }) => `${setting} to ${hosts.join(", ")}`).join("; ");
  throw new PatchbayError(
    "grants_required",
    `Version ${manifest.version} of "${manifest.id}" would send secrets elsewhere: ${names}. Give their values, or update it by itself.`,
    { facts: { missing } },
  );
};

export const requireProjects = (parts: PlanningParts, { scope }: LockedPluginDto): void => {
  if (scope.projects !== "all") for (const slug of scope.projects) requireProject(parts, slug);
};
