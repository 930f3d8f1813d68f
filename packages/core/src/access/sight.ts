import { PatchbayError } from "@patchbay/protocol";
import type { Installation, ProjectScope } from "../ports/installation-store.ts";
import { type Caller, isServerCode, type ServerCode } from "./caller.ts";

/** What somebody may know of, inside one organization. */
export interface Sight {
  readonly caller: Caller;
  /** Slugs of the projects that they see: owners and administrators every one, others those that they belong to. */
  readonly projects: "all" | ReadonlySet<string>;
}

export const isProjectVisible = ({ projects }: Sight, slug: string): boolean =>
  projects === "all" || projects.has(slug);

/** What server code sees of other plugins: those of projects that its own applies to. */
export const sightOf = (code: ServerCode, { projects }: ProjectScope): Sight => ({
  caller: code,
  projects: projects === "all" ? "all" : new Set(projects),
});

/**
 * Whether a plugin can be used without naming a project: not for somebody who would have to name one, but by server code all of whose
 * own projects it applies to.
 */
export const coversSight = ({ caller, projects: own }: Sight, { projects }: ProjectScope): boolean =>
  projects === "all" ||
  (isServerCode(caller) &&
    own !== "all" &&
    own.size > 0 &&
    [...own].every((slug) => projects.includes(slug)));

/** Plugins of certain projects are hidden from those who see none of them. */
export const isScopeVisible = (sight: Sight, { projects }: ProjectScope): boolean =>
  projects === "all" || sight.projects === "all" || projects.some((slug) => isProjectVisible(sight, slug));

/** Those of several installations that are not hidden. */
export const visibleOf = <One extends { readonly scope: ProjectScope }>(
  sight: Sight,
  installations: readonly One[],
): One[] => installations.filter(({ scope }) => isScopeVisible(sight, scope));

/**
 * The installation of a plugin as it was found, if it was. Every read of one goes through here: a plugin that is hidden is told from
 * one that is not installed by nothing. Throws `plugin_not_installed`.
 */
export const requireVisible = (
  sight: Sight,
  pluginId: string,
  installation: Installation | null | undefined,
): Installation => {
  if (installation && isScopeVisible(sight, installation.scope)) return installation;
  throw notInstalled(pluginId);
};

export const notInstalled = (pluginId: string): PatchbayError =>
  new PatchbayError(
    "plugin_not_installed",
    `The plugin "${pluginId}" is not installed in this organization.`,
  );
