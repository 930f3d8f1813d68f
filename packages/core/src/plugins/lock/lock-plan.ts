import { isDeepStrictEqual } from "node:util";
import { checkEngine } from "@patchbay/artifact";
import { type Grant, type LockedPluginDto, PatchbayError } from "@patchbay/protocol";
import { normalizeGrants } from "../../access/grants.ts";
import { requireAllowed, requireDispensable, requireInstallable } from "../../access/policy-rules.ts";
import { requireNotRelied, requireUnneeded } from "../dependencies/checks.ts";
import { InstalledGraph } from "../dependencies/installed-graph.ts";
import { requireWithinPin } from "../plans/version-change.ts";
import {
  type FinalState,
  finalStateOf,
  orderOf,
  requireFinalDependencies,
  requireFinalDependents,
} from "./final-state.ts";
import {
  type PlanningParts,
  requireGrants,
  requireProjects,
  requireSecretsFor,
  requireStartable,
} from "./lock-requirements.ts";
import { isWantedOn, type LockedPackage, type PresentPlugin, type PresentPlugins } from "./lock-state.ts";
import { blockedBy, type PlannedChange } from "./planned-change.ts";
import { settingsChange } from "./settings-plan.ts";

export interface LockPlan {
  /** In the order in which they are to be made. */
  readonly changes: readonly PlannedChange[];
  /** Installed plugins that the file does not name. */
  readonly unnamed: readonly string[];
  readonly final: FinalState;
}

/** What has to change so that an organization is as the lock file has it. Changes nothing, throws nothing. */
export const planLock = (parts: PlanningParts): LockPlan => {
  const { lock, present, prune } = parts;
  const unnamed = [...present.keys()].filter((id) => lock.plugins[id] === undefined).sort();
  const going = prune ? unnamed.filter((id) => present.get(id)?.installation.source !== "builtin") : [];
  const final = finalStateOf(parts, new Set(going));
  const off = switchOff(parts, new Set(going));
  const rest = final.order.flatMap((id) => {
    const wanted = lock.plugins[id];
    return wanted === undefined ? [] : changesOf(parts, final, id, wanted);
  });
  return { changes: [...off, ...rest], unnamed, final };
};

/** First of all, while everything else is as it is now: those go first that need others. */
const switchOff = (
  { present, lock, authority }: PlanningParts,
  going: ReadonlySet<string>,
): PlannedChange[] => {
  const isOff = (id: string) => lock.plugins[id]?.enabled === false;
  const staying = graphOf(present, (id) => !going.has(id));
  const stayingOn = graphOf(present, (id) => !going.has(id) && !isOff(id));
  const order = orderOf(new Set(present.keys()), (id) => present.get(id)?.package.manifest);
  return order.toReversed().flatMap((id) => {
    const installation = present.get(id)?.installation;
    if (installation === undefined) return [];
    const changes: PlannedChange[] = [];
    const blockedWhere = (check: () => void) =>
      blockedBy(() => {
        requireDispensable(authority.policy, id);
        check();
      });
    if (isWantedOn(installation) && (going.has(id) || isOff(id)))
      changes.push({ plugin: id, action: "disable", ...blockedWhere(() => requireNotRelied(stayingOn, id)) });
    if (going.has(id)) {
      const blocked = blockedWhere(() => requireUnneeded(staying, id));
      changes.push({ plugin: id, action: "uninstall", from: installation.version, ...blocked });
    }
    return changes;
  });
};

/** Those of the plugins that are installed now which are meant. Whoever plans sees all of them. */
const graphOf = (present: PresentPlugins, isMeant: (id: string) => boolean): InstalledGraph =>
  new InstalledGraph(
    [...present]
      .filter(([id]) => isMeant(id))
      .map(
        ([
          ,
          {
            installation,
            package: { manifest },
          },
        ]) => ({ installation, manifest, isHidden: false }),
      ),
  );

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
    if (plugin === undefined) requireInstallable(parts.authority.policy);
    if (plugin?.installation.version === wanted.version) throw otherContent(wanted, found);
    if (plugin !== undefined)
      requireWithinPin(parts.pins[found.pluginId]?.pin, plugin.installation, wanted.version);
    requireAllowed(parts.authority.policy, found);
    if (found.unfit !== null) throw found.unfit;
    checkEngine(found.manifest, parts.patchbayVersion);
    // It is started at once when it is on and stays so.
    const isStarted = plugin !== undefined && isWantedOn(plugin.installation) && wanted.enabled;
    requireFinalDependencies(final, found.manifest, isStarted ? "enabled" : "installed");
    requireFinalDependents(final, found.manifest);
    if (isStarted) requireStartable(parts, wanted, found, plugin);
    requireGrants(parts.authority, wanted, found, plugin);
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
    const blocked = blockedBy(() =>
      requireGrants(parts.authority, wanted, found, { installation, ...plugin }),
    );
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
  const { authority, present } = parts;
  const isOn = plugin !== undefined && present.get(found.pluginId)?.installation.state === "enabled";
  if (!wanted.enabled || isOn) return [];
  const blocked = blockedBy(() => {
    requireAllowed(authority.policy, found);
    if (found.unfit !== null) throw found.unfit;
    requireFinalDependencies(final, found.manifest, "enabled");
    requireStartable(parts, wanted, found, plugin);
  });
  return [{ plugin: found.pluginId, action: "enable", ...blocked }];
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
