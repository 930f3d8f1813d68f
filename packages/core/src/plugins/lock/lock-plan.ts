import { isDeepStrictEqual } from "node:util";
import { checkEngine } from "@patchbay/artifact";
import {
  type Grant,
  type LockedPluginDto,
  type LockFileDto,
  type Manifest,
  PatchbayError,
} from "@patchbay/protocol";
import type { Access } from "../../access/access.ts";
import {
  allRequests,
  grantWithin,
  missingGrants,
  normalizeGrants,
  requireGrantsAskedFor,
} from "../../access/grants.ts";
import {
  requireAllowed,
  requireDispensable,
  requireGrantable,
  requireInstallable,
} from "../../access/policy-rules.ts";
import type { StoredSettings } from "../../ports/settings-store.ts";
import { requireWithinPin } from "../plans/version-change.ts";
import { pathOf } from "../settings/effective-settings.ts";
import { getPath } from "../settings/json-merge.ts";
import { patchedLevels, requireCompleteLevels } from "../settings/plugin-settings.ts";
import { type GivenSecret, givenSecrets, newHosts } from "../settings/secret-hosts.ts";
import { type FinalState, finalStateOf, requireFinalDependencies } from "./final-state.ts";
import { isWantedOn, type LockedPackage, type PresentPlugin, type PresentPlugins } from "./lock-state.ts";
import { blockedBy, type PlannedChange } from "./planned-change.ts";
import { requireProject, type SettingsParts, settingsChange, settingsPatches } from "./settings-plan.ts";

export interface LockPlan {
  /** In the order in which they are to be made. */
  readonly changes: readonly PlannedChange[];
  /** Installed plugins that the file does not name. */
  readonly unnamed: readonly string[];
  readonly final: FinalState;
}

/** All that a plan depends on; nothing is read besides. */
export interface PlanningParts extends SettingsParts {
  readonly access: Access;
  readonly lock: LockFileDto;
  readonly present: PresentPlugins;
  /** The versions that the file names, or why one of them cannot be had. */
  readonly packages: ReadonlyMap<string, LockedPackage | PatchbayError>;
  readonly prune: boolean;
  /** Ranges that plugins may not leave, by id. */
  readonly pins: Readonly<Record<string, { readonly pin?: string | undefined }>>;
  readonly patchbayVersion: string;
}

/** What has to change so that an organization is as the lock file has it. Changes nothing, throws nothing. */
export const planLock = (parts: PlanningParts): LockPlan => {
  const { lock, present, prune } = parts;
  const unnamed = [...present.keys()].filter((id) => lock.plugins[id] === undefined).sort();
  const going = prune ? unnamed.filter((id) => present.get(id)?.installation.source !== "builtin") : [];
  const final = finalStateOf(parts, new Set(going));
  const off = [...final.order].reverse().flatMap((id) => switchOff(parts, id, going.includes(id)));
  const rest = final.order.flatMap((id) => {
    const wanted = lock.plugins[id];
    return wanted === undefined ? [] : changesOf(parts, final, id, wanted);
  });
  return { changes: [...off, ...rest], unnamed, final };
};

const switchOff = (parts: PlanningParts, id: string, isGoing: boolean): PlannedChange[] => {
  const { present, lock, access } = parts;
  const installation = present.get(id)?.installation;
  if (installation === undefined) return [];
  const { version } = installation;
  const blocked = blockedBy(() => requireDispensable(access.policy, id));
  const isOff = lock.plugins[id]?.enabled === false;
  const changes: PlannedChange[] = [];
  if (isWantedOn(installation) && (isGoing || isOff))
    changes.push({ plugin: id, action: "disable", ...blocked });
  if (isGoing) changes.push({ plugin: id, action: "uninstall", from: version, ...blocked });
  return changes;
};

const changesOf = (
  parts: PlanningParts,
  final: FinalState,
  id: string,
  wanted: LockedPluginDto,
): PlannedChange[] => {
  const found = parts.packages.get(id);
  const plugin = parts.present.get(id);
  const version = { plugin: id, to: wanted.version };
  if (found instanceof PatchbayError) {
    const action = plugin === undefined ? "install" : "update";
    return [{ ...version, action, ...fromVersion(plugin), blocked: found }];
  }
  if (found === undefined) return [];
  const changes = versionChange(parts, final, wanted, found, plugin);
  return [
    ...changes,
    ...(plugin === undefined ? [] : setUp(parts, wanted, found, plugin)),
    ...settingsChange(parts, id, wanted, plugin, found.manifest),
    ...switchOn(parts, final, wanted, found, plugin),
  ];
};

const versionChange = (
  parts: PlanningParts,
  final: FinalState,
  wanted: LockedPluginDto,
  found: LockedPackage,
  plugin: PresentPlugin | undefined,
): PlannedChange[] => {
  const isAsWanted =
    plugin?.installation.version === wanted.version && plugin.package.digest === wanted.digest;
  if (isAsWanted) return [];
  const blocked = blockedBy(() => {
    if (plugin === undefined) requireInstallable(parts.access.policy);
    if (plugin?.installation.version === wanted.version) throw otherContent(wanted, found);
    if (plugin !== undefined)
      requireWithinPin(parts.pins[found.pluginId]?.pin, plugin.installation, wanted.version);
    requireAllowed(parts.access.policy, found);
    if (found.unfit !== null) throw found.unfit;
    checkEngine(found.manifest, parts.patchbayVersion);
    requireFinalDependencies(final, found.manifest);
    requireGrants(parts.access, wanted, found, plugin);
    if (plugin !== undefined) requireSecretsFor(parts, wanted, found, plugin);
    if (plugin === undefined) requireProjects(parts, wanted);
  });
  const action = plugin === undefined ? "install" : "update";
  const of = { plugin: found.pluginId, action, to: wanted.version } as const;
  return [{ ...of, ...fromVersion(plugin), ...blocked }];
};

const setUp = (
  parts: PlanningParts,
  wanted: LockedPluginDto,
  found: LockedPackage,
  { installation, ...plugin }: PresentPlugin,
): PlannedChange[] => {
  const changes: PlannedChange[] = [];
  const { pluginId, scope } = installation;
  const grants = normalizeGrants(wanted.grants as Grant[]);
  if (!isDeepStrictEqual(byName(installation.grants), byName(grants))) {
    const blocked = blockedBy(() => requireGrants(parts.access, wanted, found, { installation, ...plugin }));
    changes.push({ plugin: pluginId, action: "grants", from: installation.grants, to: grants, ...blocked });
  }
  if (!isDeepStrictEqual(sortedScope(scope), sortedScope(wanted.scope))) {
    const blocked = blockedBy(() => requireProjects(parts, wanted));
    changes.push({ plugin: pluginId, action: "scope", from: scope, to: wanted.scope, ...blocked });
  }
  return changes;
};

const switchOn = (
  parts: PlanningParts,
  final: FinalState,
  wanted: LockedPluginDto,
  found: LockedPackage,
  plugin: PresentPlugin | undefined,
): PlannedChange[] => {
  const { access, present } = parts;
  const isOn = plugin !== undefined && present.get(found.pluginId)?.installation.state === "enabled";
  if (!wanted.enabled || isOn) return [];
  const blocked = blockedBy(() => {
    requireAllowed(access.policy, found);
    if (found.unfit !== null) throw found.unfit;
    requireFinalDependencies(final, found.manifest, "enabled");
    requireStartable(parts, wanted, found, plugin);
  });
  return [{ plugin: found.pluginId, action: "enable", ...blocked }];
};

/** What a start asks for: required permissions, and settings that are complete wherever the plugin applies. */
const requireStartable = (
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

const requireGrants = (
  access: Access,
  wanted: LockedPluginDto,
  { manifest }: LockedPackage,
  plugin: PresentPlugin | undefined,
): void => {
  const grants = normalizeGrants(wanted.grants as Grant[]);
  requireGrantsAskedFor(manifest, grants, plugin?.installation.grants);
  const asked = plugin === undefined ? [] : allRequests(plugin.package.manifest);
  const held = (plugin?.installation.grants ?? []).map((grant) => grantWithin(grant, asked));
  requireGrantable(access, manifest, grants, held);
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
const requireSecretsFor = (
  parts: PlanningParts,
  wanted: LockedPluginDto,
  { manifest }: LockedPackage,
  plugin: PresentPlugin,
): void => {
  const patches = settingsPatches(parts, wanted, plugin, []);
  const isGiven = ({ project, pointer }: GivenSecret) =>
    patches.some((one) => one.project === project && getPath(one.patch, pathOf(pointer)) !== undefined);
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

const requireProjects = (parts: PlanningParts, { scope }: LockedPluginDto): void => {
  if (scope.projects !== "all") for (const slug of scope.projects) requireProject(parts, slug);
};

const otherContent = ({ version }: LockedPluginDto, { pluginId }: LockedPackage): PatchbayError =>
  new PatchbayError(
    "version_exists",
    `Version ${version} of "${pluginId}" is installed here with other content than the file names.`,
  );

const fromVersion = (plugin: PresentPlugin | undefined) =>
  plugin === undefined ? {} : { from: plugin.installation.version };

const byName = (grants: readonly Grant[]): Grant[] =>
  [...grants].sort((one, other) => (one.name < other.name ? -1 : 1));

const sortedScope = ({ projects }: { readonly projects: "all" | readonly string[] }) =>
  projects === "all" ? projects : [...projects].sort();
