import { isDeepStrictEqual } from "node:util";
import { checkEngine } from "@patchbay/artifact";
import {
  type Grant,
  type LOCK_ACTIONS,
  type LockedPluginDto,
  type LockFileDto,
  PatchbayError,
} from "@patchbay/protocol";
import type { Access } from "../access/access.ts";
import {
  allRequests,
  grantWithin,
  missingGrants,
  normalizeGrants,
  requireGrantsAskedFor,
} from "../access/grants.ts";
import {
  requireAllowed,
  requireDispensable,
  requireGrantable,
  requireInstallable,
} from "../access/policy-rules.ts";
import { pathOf, pointerOf } from "../settings/effective-settings.ts";
import { type JsonObject, withPath } from "../settings/json-merge.ts";
import { type FinalState, finalStateOf, requireFinalDependencies } from "./final-state.ts";
import { fromLockedSettings, patchBetween } from "./lock-settings.ts";
import { isWantedOn, type LockedPackage, type PresentPlugin, type PresentPlugins } from "./lock-state.ts";

/** What one level of settings takes over. */
export interface SettingsPatch {
  readonly project: string | null;
  readonly patch: JsonObject;
}

export interface PlannedChange {
  readonly plugin: string;
  readonly action: (typeof LOCK_ACTIONS)[number];
  readonly from?: unknown;
  readonly to?: unknown;
  /** Of `settings` only. */
  readonly patches?: readonly SettingsPatch[];
  /** Why it cannot be done. */
  readonly blocked?: PatchbayError;
}

export interface LockPlan {
  /** In the order in which they are to be made. */
  readonly changes: readonly PlannedChange[];
  /** Installed plugins that the file does not name. */
  readonly unnamed: readonly string[];
  readonly final: FinalState;
}

/** All that a plan depends on; nothing is read besides. */
export interface PlanningParts {
  readonly access: Access;
  readonly lock: LockFileDto;
  readonly present: PresentPlugins;
  /** The versions that the file names, or why one of them cannot be had. */
  readonly packages: ReadonlyMap<string, LockedPackage | PatchbayError>;
  readonly projects: ReadonlySet<string>;
  readonly secrets: Readonly<Record<string, string>>;
  /** Clear text of a secret that is set now; undefined when it is not. */
  readonly currentSecret: (
    plugin: PresentPlugin,
    project: string | null,
    pointer: string,
  ) => string | undefined;
  readonly prune: boolean;
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

/** As the API shows a change. */
export const describeChange = ({ plugin, action, from, to, blocked: stop }: PlannedChange) => ({
  ...{ plugin, action },
  ...(from !== undefined && { from }),
  ...(to !== undefined && { to }),
  ...(stop !== undefined && {
    blocked: {
      ...{ code: stop.code, message: stop.message },
      ...(typeof stop.facts.rule === "string" && { rule: stop.facts.rule }),
      ...(Array.isArray(stop.facts.changedBy) && { changedBy: stop.facts.changedBy as string[] }),
    },
  }),
});

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
    ...settingsChange(parts, id, wanted, plugin),
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
    requireAllowed(parts.access.policy, found);
    if (found.unfit !== null) throw found.unfit;
    checkEngine(found.manifest, parts.patchbayVersion);
    requireFinalDependencies(final, found.manifest);
    requireGrants(parts.access, wanted, found, plugin);
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

const settingsChange = (
  parts: PlanningParts,
  id: string,
  wanted: LockedPluginDto,
  plugin: PresentPlugin | undefined,
): PlannedChange[] => {
  const levels = new Map<string | null, JsonObject>(Object.entries(wanted.projects ?? {}));
  levels.set(null, wanted.settings ?? {});
  for (const { project } of plugin?.levels ?? []) if (!levels.has(project)) levels.set(project, {});
  const lacking: string[] = [];
  const patches = [...levels].flatMap(([project, locked]): SettingsPatch[] => {
    const patch = levelPatch(parts, plugin, project, locked, lacking);
    return Object.keys(patch).length === 0 ? [] : [{ project, patch }];
  });
  if (patches.length === 0 && lacking.length === 0) return [];
  const blocked = blockedBy(() => {
    for (const { project } of patches) if (project !== null) requireProject(parts, project);
    if (lacking.length > 0) throw secretsMissing(id, lacking);
  });
  const to = patches.map(({ project, patch }) => ({
    ...(project !== null && { project }),
    names: Object.keys(patch).sort(),
  }));
  return [{ plugin: id, action: "settings", to, patches, ...blocked }];
};

/** Secrets whose value is given are set when it differs; those without one have to be set already. */
const levelPatch = (
  { secrets, currentSecret }: PlanningParts,
  plugin: PresentPlugin | undefined,
  project: string | null,
  locked: JsonObject,
  lacking: string[],
): JsonObject => {
  const stored = plugin?.levels.find((level) => level.project === project);
  const { values, references } = fromLockedSettings(locked);
  const present = new Set(Object.keys(stored?.secrets ?? {}));
  let patch = patchBetween(stored?.values ?? {}, values);
  for (const { path, name } of references) {
    const pointer = pointerOf(path);
    const given = Object.hasOwn(secrets, name) ? secrets[name] : undefined;
    const current = plugin === undefined ? undefined : currentSecret(plugin, project, pointer);
    if (given === undefined && !present.has(pointer)) lacking.push(name);
    if (given !== undefined && given !== current) patch = withPath(patch, path, given);
    present.delete(pointer);
  }
  for (const pointer of present) patch = withPath(patch, pathOf(pointer), null);
  return patch;
};

const switchOn = (
  { access, present }: PlanningParts,
  final: FinalState,
  wanted: LockedPluginDto,
  found: LockedPackage,
  plugin: PresentPlugin | undefined,
): PlannedChange[] => {
  const isOn = plugin !== undefined && present.get(found.pluginId)?.installation.state === "enabled";
  if (!wanted.enabled || isOn) return [];
  const blocked = blockedBy(() => {
    requireAllowed(access.policy, found);
    if (found.unfit !== null) throw found.unfit;
    requireFinalDependencies(final, found.manifest, "enabled");
  });
  return [{ plugin: found.pluginId, action: "enable", ...blocked }];
};

const requireGrants = (
  access: Access,
  wanted: LockedPluginDto,
  { manifest }: LockedPackage,
  plugin: PresentPlugin | undefined,
): void => {
  const grants = normalizeGrants(wanted.grants as Grant[]);
  requireGrantsAskedFor(manifest, grants);
  const asked = plugin === undefined ? [] : allRequests(plugin.package.manifest);
  const held = (plugin?.installation.grants ?? []).map((grant) => grantWithin(grant, asked));
  requireGrantable(access, manifest, grants, held);
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

const requireProjects = (parts: PlanningParts, { scope }: LockedPluginDto): void => {
  if (scope.projects !== "all") for (const slug of scope.projects) requireProject(parts, slug);
};

const requireProject = ({ projects }: PlanningParts, slug: string): void => {
  if (!projects.has(slug))
    throw new PatchbayError("project_not_found", `There is no project "${slug}" in this organization.`);
};

const otherContent = ({ version }: LockedPluginDto, { pluginId }: LockedPackage): PatchbayError =>
  new PatchbayError(
    "version_exists",
    `Version ${version} of "${pluginId}" is installed here with other content than the file names.`,
  );

const secretsMissing = (id: string, names: readonly string[]): PatchbayError =>
  new PatchbayError(
    "settings_invalid",
    `"${id}" needs secrets that are not set here: ${names.join(", ")}. Give their values.`,
    { facts: { secrets: names } },
  );

const fromVersion = (plugin: PresentPlugin | undefined) =>
  plugin === undefined ? {} : { from: plugin.installation.version };

const byName = (grants: readonly Grant[]): Grant[] =>
  [...grants].sort((one, other) => (one.name < other.name ? -1 : 1));

const sortedScope = ({ projects }: { readonly projects: "all" | readonly string[] }) =>
  projects === "all" ? projects : [...projects].sort();

const blockedBy = (check: () => void): { readonly blocked?: PatchbayError } => {
  try {
    check();
    return {};
  } catch (error) {
    if (error instanceof PatchbayError) return { blocked: error };
    throw error;
  }
};
