import { checkEngine } from "@patchbay/artifact";
import { type Grant, PatchbayError, type PermissionName } from "@patchbay/protocol";
import semver from "semver";
import { actorOf, authorize, type Principal, requireScope } from "../access/access.ts";
import { missingGrants, normalizeGrants, requireGrantsAskedFor } from "../access/grants.ts";
import type { Actor } from "../ports/audit-store.ts";
import type { PackageVersion } from "../ports/catalog-store.ts";
import type { Installation, ProjectScope } from "../ports/installation-store.ts";
import type { JsonObject } from "../settings/json-merge.ts";
import { type InstallationContext, requireIdle } from "./installation-context.ts";
import { dependsOn } from "./installations.ts";

export interface InstallRequest {
  readonly plugin: string;
  /** The newest when absent. */
  readonly version?: string;
  readonly grants?: readonly (PermissionName | Grant)[];
  readonly scope?: ProjectScope;
  readonly settings?: JsonObject;
}

/** Brings plugins into an organization and takes them out again. */
export class Installer {
  readonly #context: InstallationContext;

  constructor(context: InstallationContext) {
    this.#context = context;
  }

  /**
   * Installs a version of the catalog, disabled. All or nothing. Throws `package_not_found`, `already_installed`,
   * `grants_required` (422), `grant_invalid`, `settings_invalid`, `project_not_found`, `dependency_missing` or
   * `engine_mismatch`.
   */
  async install(principal: Principal, slug: string, request: InstallRequest): Promise<Installation> {
    const access = authorize(principal, slug, "org.plugins.write");
    const scope = request.scope ?? { projects: "all" };
    requireScope(access, scope);
    return await this.installFor(access.organization.id, actorOf(principal), { ...request, scope });
  }

  /** The same without asking who wants it: for Patchbay itself. */
  async installFor(
    organizationId: string,
    actor: Actor,
    request: InstallRequest & { scope: ProjectScope },
  ): Promise<Installation> {
    const chosen = await this.#choose(organizationId, request.plugin, request.version);
    if ((await this.#context.database.installations.find(organizationId, request.plugin)) !== null) {
      throw new PatchbayError(
        "already_installed",
        `"${request.plugin}" is installed already. Use update to change its version.`,
      );
    }
    checkEngine(chosen.manifest, this.#context.world.patchbayVersion);
    await this.#requireDependencies(organizationId, chosen);
    const grants = normalizeGrants(request.grants ?? []);
    requireGrantsAskedFor(chosen.manifest, grants);
    requireGranted(chosen, grants);
    return await this.#create(organizationId, actor, chosen, { ...request, grants });
  }

  /**
   * Removes an installation with its settings, grants and stored data. Throws `builtin`, `plugin_enabled` unless it is
   * disabled or may be, `plugin_busy`, `dependency_in_use`.
   */
  async uninstall(
    principal: Principal,
    slug: string,
    pluginId: string,
    options: { disable: boolean },
  ): Promise<void> {
    const { installation, actor } = await this.#context.findWritable(principal, slug, pluginId);
    if (installation.source === "builtin") {
      throw new PatchbayError(
        "builtin",
        `"${pluginId}" is built in and cannot be uninstalled. Disable it instead.`,
      );
    }
    requireIdle(installation);
    if (installation.state === "enabled" && !options.disable) {
      throw new PatchbayError(
        "plugin_enabled",
        `"${pluginId}" is enabled. Disable it first, or add ?disable=true.`,
      );
    }
    await this.#requireNoDependents(installation);
    const removed = await this.#context.database.pluginData.usage(installation.id);
    await this.#context.database.transaction(async (stores) => {
      await stores.installations.remove(installation.id, installation.revision);
      const detail = { version: installation.version, removed };
      await this.#context.record(stores, installation, { actor, action: "plugin.uninstalled", detail });
    });
    this.#context.directory.forget(installation.id);
    this.#context.settings.forget(installation.id);
    await this.#context.runtime.retire(installation.id);
  }

  async #create(
    organizationId: string,
    actor: Actor,
    chosen: PackageVersion,
    request: { scope: ProjectScope; grants: readonly Grant[]; settings?: JsonObject },
  ): Promise<Installation> {
    const { database, world, settings } = this.#context;
    return await database.transaction(async (stores) => {
      await this.#context.requireProjects(organizationId, request.scope, stores);
      const installation = await stores.installations.create({
        id: world.newId(),
        organizationId,
        pluginId: chosen.pluginId,
        version: chosen.version,
        previous: null,
        state: "disabled",
        source: chosen.source,
        badge: chosen.badge,
        scope: request.scope,
        grants: request.grants,
        transition: null,
        lastError: null,
      });
      if (request.settings !== undefined)
        await settings.put(stores, installation.id, chosen.manifest, null, request.settings);
      const detail = {
        version: chosen.version,
        digest: chosen.digest,
        grants: request.grants,
        scope: request.scope,
      };
      await this.#context.record(stores, installation, { actor, action: "plugin.installed", detail });
      return installation;
    });
  }

  async #choose(
    organizationId: string,
    pluginId: string,
    version: string | undefined,
  ): Promise<PackageVersion> {
    const versions = await this.#context.database.catalog.listVersions(organizationId, pluginId);
    const chosen = version === undefined ? versions[0] : versions.find((one) => one.version === version);
    if (chosen !== undefined) return chosen;
    const what = version === undefined ? "no plugin" : `no version ${version} of`;
    throw new PatchbayError("package_not_found", `The catalog has ${what} "${pluginId}".`);
  }

  async #requireDependencies(organizationId: string, { manifest }: PackageVersion): Promise<void> {
    const wanted = Object.entries(manifest.dependencies ?? {});
    if (wanted.length === 0) return;
    const installed = new Map(
      (await this.#context.database.installations.list(organizationId)).map((one) => [
        one.pluginId,
        one.version,
      ]),
    );
    const missing = wanted.filter(([id, range]) => !semver.satisfies(installed.get(id) ?? "", range));
    if (missing.length === 0) return;
    throw new PatchbayError(
      "dependency_missing",
      `"${manifest.id}" needs ${missing.map(([id, range]) => `${id} ${range}`).join(", ")}. Install that first.`,
      {
        facts: {
          missing: missing.map(([plugin, range]) => ({
            plugin,
            range,
            installed: installed.get(plugin) ?? null,
          })),
        },
      },
    );
  }

  async #requireNoDependents(installation: Installation): Promise<void> {
    const { installations, catalog } = this.#context.database;
    const [all, packages] = await Promise.all([
      installations.list(installation.organizationId),
      catalog.listInstalled(installation.organizationId),
    ]);
    const dependents = all
      .filter(({ id }) => id !== installation.id)
      .filter((one) => dependsOn(one, packages, installation.pluginId))
      .map(({ pluginId }) => pluginId);
    if (dependents.length === 0) return;
    throw new PatchbayError(
      "dependency_in_use",
      `${dependents.join(", ")} needs "${installation.pluginId}". Uninstall that first.`,
      {
        facts: { dependents },
      },
    );
  }
}

const requireGranted = ({ manifest }: PackageVersion, grants: readonly Grant[]): void => {
  const missing = missingGrants(manifest, grants);
  if (missing.length === 0) return;
  const names = missing.map(({ name }) => name).join(", ");
  throw new PatchbayError(
    "grants_required",
    `"${manifest.id}" cannot work without ${names}. Grant it to install the plugin.`,
    {
      status: 422,
      facts: { missing },
    },
  );
};
