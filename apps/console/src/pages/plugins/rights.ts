import type { InstallationDto } from "@patchbay/protocol";
import { useOrganization } from "../../session/organization.ts";

export interface PluginRights {
  /** Whether the person may switch, update and uninstall it: everywhere, or because it applies in their own projects only. */
  mayChange(plugin: InstallationDto): boolean;
  /** Whether they may read its logs and instances. */
  mayDebug(plugin: InstallationDto): boolean;
  /** Whether they may change its settings, of the organization (null) or of a project. */
  mayConfigure(project: string | null): boolean;
  /** Whether they may set up all of it, and see what it keeps: everywhere, or because it applies in their own projects only. */
  mayConfigureWhole(plugin: InstallationDto): boolean;
  /** Whether they may install anything, at least in some project. */
  readonly mayInstall: boolean;
  /** Slugs of the projects that they may install into; null when it is up to them. */
  readonly ownProjects: readonly string[] | null;
}

/** What the person may do to the plugins of the organization. */
export const usePluginRights = (): PluginRights => {
  const { membership } = useOrganization();
  const reachOf = (right: string) => membership?.rights.find((one) => one.right === right)?.reach;
  const write = reachOf("org.plugins.write");
  const configure = reachOf("org.plugins.configure");
  const reaches = (reach: typeof write, projects: "all" | readonly string[]): boolean => {
    if (reach === undefined || reach === "organization") return reach === "organization";
    return projects !== "all" && projects.every((slug) => reach.includes(slug));
  };
  return {
    mayChange: ({ scope }) => reaches(write, scope.projects),
    mayDebug: ({ scope }) => reaches(reachOf("org.plugins.debug"), scope.projects),
    mayConfigure: (project) => reaches(configure, project === null ? "all" : [project]),
    mayConfigureWhole: ({ scope }) => reaches(configure, scope.projects),
    mayInstall: write !== undefined,
    ownProjects: write === undefined || write === "organization" ? null : write,
  };
};
