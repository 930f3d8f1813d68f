import {
  type Contribution,
  entriesOf,
  type KindName,
  kindOf,
  PatchbayError,
  type ServerKindName,
  serverKindOf,
} from "@patchbay/protocol";
import { isServerCode } from "../../access/caller.ts";
import {
  coversSight,
  isProjectVisible,
  isScopeVisible,
  notInstalled,
  requireVisible,
  type Sight,
} from "../../access/sight.ts";
import type { InstalledPlugin } from "../../plugins/installations/installation-directory.ts";
import { type BlockList, versionBlocked } from "../../plugins/trust/block-list.ts";
import type { Installation } from "../../ports/installation-store.ts";
import type { PluginSpec } from "../../ports/plugin-runtime.ts";

/** An installation with the package that it runs. */
export type Contributor = Omit<InstalledPlugin, "spec">;

/** One thing that a plugin contributes, for those who may have it now. */
export interface ContributionInForce<K extends KindName> extends Contributor {
  readonly entry: Contribution<K>;
}

export type Blocks = Pick<BlockList, "blockOf">;

/** What keeps a plugin from contributing anything for the caller, whatever the project; null when nothing does. */
export const pluginFault = (sight: Sight, plugin: Contributor, blocks: Blocks): PatchbayError | null => {
  const { installation } = plugin;
  if (!isScopeVisible(sight, installation.scope)) return notInstalled(installation.pluginId);
  return serviceFault(plugin, blocks);
};

/** The same whoever calls, and where nobody does: at times of the plugin's own. */
export const serviceFault = (plugin: Contributor, blocks: Blocks): PatchbayError | null => {
  const fault = stateFault(plugin.installation);
  if (fault !== null) return fault;
  const block = blocks.blockOf(plugin.package);
  return block === null ? null : versionBlocked(plugin.package, block);
};

/**
 * Throws what keeps the caller from calling into a plugin for a project: `plugin_not_installed` for one out of sight, `plugin_busy`,
 * `plugin_disabled`, `plugin_failed`, `version_blocked`, `project_not_found`, `project_required`, `plugin_out_of_scope`.
 */
export const requireInForce = (
  sight: Sight,
  plugin: Contributor,
  project: string | undefined,
  blocks: Blocks,
): void => {
  const fault = pluginFault(sight, plugin, blocks);
  if (fault !== null) throw fault;
  requireProjectOf(sight, plugin.installation, project);
};

/** The same for a call that is under way, which may end although the plugin is being switched off. */
export const requireReach = (
  sight: Sight,
  { installation }: Contributor,
  project: string | undefined,
): void => {
  requireVisible(sight, installation.pluginId, installation);
  requireProjectOf(sight, installation, project);
};

/**
 * What runs a contribution of server code. Throws the kind's own code when the plugin has none of this name, and `permission_denied`
 * when it was not granted what the entry needs.
 */
export const requireContribution = (
  kind: ServerKindName,
  plugin: InstalledPlugin,
  name: string,
): PluginSpec => {
  const { spec, installation } = plugin;
  const entries = entriesOf(plugin.package.manifest, kind);
  const entry = entries.find((one) => one.name === name);
  const { words, notFound } = serverKindOf(kind);
  if (spec === null || entry === undefined) {
    const names = entries.map((one) => one.name).join(", ");
    throw new PatchbayError(
      notFound,
      `"${installation.pluginId}" has no ${words.one} "${name.slice(0, 64)}"; it has ${names || "none"}.`,
    );
  }
  const missing = missingPermission(kind, entry, installation);
  if (missing === null) return spec;
  throw new PatchbayError(
    "permission_denied",
    `The ${words.one} "${name}" of "${installation.pluginId}" needs the permission ${missing}, which was not granted.`,
    { facts: { permission: missing } },
  );
};

const stateFault = ({ state, pluginId, lastError, transition }: Installation): PatchbayError | null => {
  const fault = (code: "plugin_busy" | "plugin_disabled", what: string) =>
    new PatchbayError(code, `"${pluginId}" is ${what}`);
  switch (state) {
    case "enabled":
      return null;
    case "updating":
      // The version before serves until the next one has started.
      return transition?.wasEnabled === true
        ? null
        : fault("plugin_busy", "being updated. Try again in a moment.");
    case "enabling":
      return fault("plugin_busy", "being enabled. Try again in a moment.");
    case "disabled":
      return fault("plugin_disabled", "disabled. An administrator can enable it.");
    case "error":
    case "blocked":
      return new PatchbayError(
        "plugin_failed",
        `"${pluginId}" does not run: ${lastError?.message ?? "see its last error"}`,
        { facts: { lastError } },
      );
    default:
      return state satisfies never;
  }
};

export const requireProject = (sight: Sight, project: string): void => {
  if (isProjectVisible(sight, project)) return;
  throw new PatchbayError(
    "project_not_found",
    `There is no project "${project}" in this organization that you belong to.`,
  );
};

const requireProjectOf = (
  sight: Sight,
  { scope, pluginId }: Installation,
  project: string | undefined,
): void => {
  if (project !== undefined) requireProject(sight, project);
  if (scope.projects === "all") return;
  if (project === undefined) {
    if (coversSight(sight, scope)) return;
    const own = scope.projects.filter((slug) => isProjectVisible(sight, slug)).join(", ");
    // Server code cannot choose a project: it asks for that of the call that it answers.
    const advice = isServerCode(sight.caller)
      ? ` (${own}), and this is asked for none. Whoever calls "${sight.caller.installation.pluginId}" has to name one of them.`
      : `: name one of ${own} in "project".`;
    throw new PatchbayError("project_required", `"${pluginId}" applies to certain projects only${advice}`);
  }
  if (appliesTo(scope, project)) return;
  throw new PatchbayError("plugin_out_of_scope", `"${pluginId}" does not apply to the project "${project}".`);
};

export const appliesTo = ({ projects }: Installation["scope"], project: string | undefined): boolean =>
  project === undefined || projects === "all" || projects.includes(project);

/**
 * Whether what a plugin contributes can be listed for the project, or where none is named: for somebody what applies to any of their
 * projects, for server code what it can use without one.
 */
export const isListed = (sight: Sight, scope: Installation["scope"], project: string | undefined): boolean =>
  project === undefined && isServerCode(sight.caller) ? coversSight(sight, scope) : appliesTo(scope, project);

/** The entries whose bundle is there and whose permission was granted. */
export const entriesInForce = <K extends KindName>(
  kind: K,
  { installation, package: { manifest, scriptDigest, uiDigest } }: Contributor,
): Contribution<K>[] => {
  const { bundle } = kindOf(kind);
  const digest = { main: scriptDigest, ui: uiDigest };
  if (bundle !== null && digest[bundle] === null) return [];
  return entriesOf(manifest, kind).filter((entry) => missingPermission(kind, entry, installation) === null);
};

const missingPermission = (
  kind: KindName,
  entry: { readonly name: string },
  { grants }: Installation,
): string | null => {
  const needed = kindOf(kind).permissionOf?.(entry)?.name;
  return needed === undefined || grants.some(({ name }) => name === needed) ? null : needed;
};
