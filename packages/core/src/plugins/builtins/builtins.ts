import { requestsOf } from "@patchbay/protocol";
import { systemAuthority } from "../../access/authority.ts";
import { DEFAULT_POLICY } from "../../model/policy.ts";
import type { PackageVersion } from "../../ports/catalog-store.ts";
import type { Database } from "../../ports/database.ts";
import type { Installation } from "../../ports/installation-store.ts";
import type { World } from "../../world.ts";
import type { PackageIntake } from "../catalog/package-intake.ts";
import type { Installer } from "../installations/installer.ts";
import type { VersionChanges } from "../installations/version-changes.ts";

/**
 * The plugins that come with the application: in the system catalog, installed in every organization (disabled, with what
 * they require granted), and kept at the application's version. Whether one is enabled is the organization's choice.
 */
export class Builtins {
  readonly #database: Database;
  readonly #intake: PackageIntake;
  readonly #installer: Installer;
  readonly #versions: VersionChanges;
  readonly #world: World;

  constructor(parts: {
    database: Database;
    intake: PackageIntake;
    installer: Installer;
    versions: VersionChanges;
    world: World;
  }) {
    this.#database = parts.database;
    this.#intake = parts.intake;
    this.#installer = parts.installer;
    this.#versions = parts.versions;
    this.#world = parts.world;
  }

  /** Takes the packages in these files into the system catalog, if they are not there. One that is not valid is reported and left out. */
  async admit(paths: readonly string[]): Promise<void> {
    const known = await this.#database.catalog.listBuiltins();
    await Promise.all(paths.map((path) => this.#admitUnless(known, path)));
  }

  async #admitUnless(known: readonly PackageVersion[], path: string): Promise<void> {
    try {
      // Every start comes here, and making scripts of the packages anew would be most of it.
      if (await this.#intake.isAmong(known, path)) return;
      await this.#intake.admit(path, { by: "system", source: "builtin", badge: "builtin" });
    } catch (error) {
      this.#world.log.error(
        { path, error: String(error) },
        "a built-in plugin could not be taken into the catalog",
      );
    }
  }

  /** Installs what is missing and updates what is older, in every organization. One fault never stops the rest. */
  async spread(): Promise<void> {
    const organizations = await this.#database.organizations.listOrganizations();
    const builtins = await this.#database.catalog.listBuiltins();
    // One query for each built-in plugin, not some for each organization: mostly there is nothing to do.
    for (const builtin of builtins) {
      const installations = await this.#database.installations.listByPlugin(builtin.pluginId);
      const installed = new Map(installations.map((one) => [one.organizationId, one]));
      for (const { id } of organizations) await this.#bringOrWarn(id, builtin, installed.get(id));
    }
  }

  async spreadTo(organizationId: string): Promise<void> {
    const installed = new Map(
      (await this.#database.installations.list(organizationId)).map((one) => [one.pluginId, one]),
    );
    for (const builtin of await this.#database.catalog.listBuiltins())
      await this.#bringOrWarn(organizationId, builtin, installed.get(builtin.pluginId));
  }

  async #bringOrWarn(
    organizationId: string,
    builtin: PackageVersion,
    installation: Installation | undefined,
  ): Promise<void> {
    try {
      await this.#bring(organizationId, builtin, installation);
    } catch (error) {
      this.#world.log.warn(
        { plugin: builtin.pluginId, version: builtin.version, error: String(error) },
        "a built-in plugin was not brought up to date",
      );
    }
  }

  async #bring(
    organizationId: string,
    { pluginId, version, manifest }: PackageVersion,
    installation: Installation | undefined,
  ): Promise<void> {
    // What comes with Patchbay is there whatever rules an organization has for others' plugins: it decides whether to enable it.
    const authority = systemAuthority(organizationId, "builtins", DEFAULT_POLICY);
    if (installation === undefined) {
      const grants = requestsOf(manifest).required.map(({ reason: _reason, ...grant }) => grant);
      await this.#installer.installFor(authority, {
        plugin: pluginId,
        version,
        grants,
        scope: { projects: "all" },
      });
    } else if (installation.source === "builtin" && installation.version !== version) {
      await this.#versions.updateFor(authority, installation, { version });
    }
  }
}
