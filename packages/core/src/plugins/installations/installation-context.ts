import { type AuditAction, PatchbayError } from "@patchbay/protocol";
import { authorize, type MemberAuthority, requireScope } from "../../access/authority.ts";
import type { Principal } from "../../access/caller.ts";
import { requireVisible } from "../../access/sight.ts";
import type { Right } from "../../model/rights.ts";
import type { Actor } from "../../ports/audit-store.ts";
import type { PackageVersion } from "../../ports/catalog-store.ts";
import type { Database, Stores } from "../../ports/database.ts";
import type { Installation, InstallationChange, ProjectScope } from "../../ports/installation-store.ts";
import type { PluginRuntime } from "../../ports/plugin-runtime.ts";
import type { World } from "../../world.ts";
import type { PluginSettings } from "../settings/plugin-settings.ts";
import type { Sourcing } from "../sources/sourcing.ts";
import type { BlockList } from "../trust/block-list.ts";
import type { PackageTrust } from "../trust/package-trust.ts";
import type { InstallationDirectory } from "./installation-directory.ts";

/** What one change of an installation is recorded as. */
export interface Step {
  readonly actor: Actor;
  readonly action: AuditAction;
  readonly detail?: Readonly<Record<string, unknown>>;
}

/** What the services around installations share: finding one, and changing it together with its history. */
export class InstallationContext {
  readonly database: Database;
  readonly directory: InstallationDirectory;
  readonly runtime: PluginRuntime;
  readonly settings: PluginSettings;
  readonly trust: PackageTrust;
  readonly blocks: BlockList;
  readonly sourcing: Sourcing;
  readonly world: World;

  constructor(parts: {
    database: Database;
    directory: InstallationDirectory;
    runtime: PluginRuntime;
    settings: PluginSettings;
    trust: PackageTrust;
    blocks: BlockList;
    sourcing: Sourcing;
    world: World;
  }) {
    this.database = parts.database;
    this.directory = parts.directory;
    this.runtime = parts.runtime;
    this.settings = parts.settings;
    this.trust = parts.trust;
    this.blocks = parts.blocks;
    this.sourcing = parts.sourcing;
    this.world = parts.world;
  }

  /**
   * An installation that the caller may know of. Every read of one comes through here. Throws `forbidden`, `organization_not_found`
   * or `plugin_not_installed`.
   */
  async find(
    principal: Principal,
    slug: string,
    pluginId: string,
    right: Right,
  ): Promise<{ authority: MemberAuthority; installation: Installation }> {
    const authority = authorize(principal, slug, right);
    const found = await this.database.installations.find(authority.organization.id, pluginId);
    return { authority, installation: requireVisible(authority, pluginId, found) };
  }

  /** The same for what concerns all of it. Throws besides `forbidden` when it reaches beyond a project manager's projects. */
  async findWhole(
    principal: Principal,
    slug: string,
    pluginId: string,
    right: Right,
  ): Promise<{ authority: MemberAuthority; installation: Installation }> {
    const found = await this.find(principal, slug, pluginId, right);
    requireScope(found.authority, found.installation.scope);
    return found;
  }

  /** The catalog's row for a version that is installed. */
  async packageOf(installation: Installation, version = installation.version): Promise<PackageVersion> {
    const found = await this.database.catalog.findVersion(
      installation.organizationId,
      installation.pluginId,
      version,
    );
    if (found !== null) return found;
    throw new PatchbayError(
      "package_not_found",
      `The catalog has no version ${version} of "${installation.pluginId}".`,
    );
  }

  /**
   * One change with its line in the history: both, or neither. `first` is asked before anything is changed; a change that
   * depends on what happens with it is a function, which comes before that. Throws `plugin_busy` when someone else was faster.
   */
  async change(
    installation: Installation,
    what: InstallationChange | ((stores: Stores) => Promise<InstallationChange>),
    step: Step | null,
    first?: (stores: Stores) => Promise<void>,
  ): Promise<Installation> {
    const changed = await this.database.transaction(async (stores) => {
      const change = typeof what === "function" ? await what(stores) : what;
      await first?.(stores);
      for (const version of [change.version, change.transition?.toVersion])
        if (version !== undefined)
          await stores.catalog.holdVersion(installation.organizationId, installation.pluginId, version);
      const result = await stores.installations.change(installation.id, installation.revision, change);
      if (step !== null) await this.record(stores, result, step);
      return result;
    });
    this.directory.forget(installation.id);
    this.settings.forget(installation.id);
    return changed;
  }

  async record(
    stores: Stores,
    { organizationId, pluginId }: Installation,
    { actor, action, detail }: Step,
  ): Promise<void> {
    await stores.audit.append({ organizationId, actor, action, pluginId, detail: detail ?? {} });
  }

  /** Throws `project_not_found` when the scope names a project that the organization does not have. */
  async requireProjects(
    organizationId: string,
    scope: ProjectScope,
    { organizations }: Pick<Stores, "organizations"> = this.database,
  ): Promise<void> {
    if (scope.projects === "all") return;
    if (scope.projects.length === 0) {
      throw new PatchbayError("invalid_request", 'Name at least one project, or "all".', {
        errors: [{ pointer: "/projects", message: "The list is empty." }],
      });
    }
    const known = new Set((await organizations.listProjects(organizationId)).map(({ slug }) => slug));
    const unknown = scope.projects.find((slug) => !known.has(slug));
    if (unknown === undefined) return;
    throw new PatchbayError("project_not_found", `There is no project "${unknown}" in this organization.`);
  }
}
