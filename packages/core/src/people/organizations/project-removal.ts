import { PatchbayError } from "@patchbay/protocol";
import type { MemberAuthority } from "../../access/authority.ts";
import { actorOf } from "../../access/caller.ts";
import { requireIdle } from "../../plugins/dependencies/require-idle.ts";
import type { Stores } from "../../ports/database.ts";
import type { Installation } from "../../ports/installation-store.ts";

/**
 * Removes a project with its memberships, what plugins have set for it and told about it, and its place in plugins' scopes.
 * A plugin that applies nowhere else is for somebody to decide on. Throws `project_not_found`, `project_in_use` (with
 * `plugins`) or `plugin_busy`; nothing is changed then.
 */
export const removeProject = async (
  stores: Stores,
  authority: MemberAuthority,
  project: string,
): Promise<void> => {
  const { id: organizationId } = authority.organization;
  const actor = actorOf(authority.caller);
  // First of all: whoever is about to name the project in a scope or a setting waits for the outcome, then finds none.
  if (!(await stores.organizations.deleteProject(organizationId, project)))
    throw new PatchbayError("project_not_found", `There is no project "${project}".`);
  const scoped = (await stores.installations.list(organizationId)).flatMap((installation) => {
    const { projects } = installation.scope;
    return projects !== "all" && projects.includes(project) ? [{ installation, projects }] : [];
  });
  requireOtherProjects(
    project,
    scoped.filter(({ projects }) => projects.length === 1).map(({ installation }) => installation),
  );
  for (const { installation, projects } of scoped) {
    requireIdle(installation);
    const scope = { projects: projects.filter((slug) => slug !== project) };
    await stores.installations.change(installation.id, installation.revision, { scope });
    const detail = { before: installation.scope, after: scope };
    const { pluginId } = installation;
    await stores.audit.append({ organizationId, actor, action: "scope.changed", pluginId, detail });
  }
  const overrides = await stores.settings.removeProject(organizationId, project);
  await stores.notifications.removeProject(organizationId, project);
  const plugins = scoped.map(({ installation }) => installation.pluginId);
  const detail = { project, plugins, overrides };
  await stores.audit.append({ organizationId, actor, action: "project.deleted", pluginId: null, detail });
};

const requireOtherProjects = (project: string, nowhereElse: readonly Installation[]): void => {
  if (nowhereElse.length === 0) return;
  const plugins = nowhereElse.map(({ pluginId }) => pluginId);
  throw new PatchbayError(
    "project_in_use",
    `${plugins.join(", ")} would apply to no project without "${project}". Change the scope or uninstall first.`,
    { facts: { plugins } },
  );
};
