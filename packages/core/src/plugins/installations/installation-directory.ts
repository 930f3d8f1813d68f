import {
  DEFAULT_CALL_SECONDS,
  DEFAULT_MEMORY_MB,
  declaredNames,
  type Grant,
  type Manifest,
} from "@patchbay/protocol";
import type { CatalogStore, PackageVersion } from "../../ports/catalog-store.ts";
import type { Installation, InstallationStore } from "../../ports/installation-store.ts";
import type { HostCall, PluginSpec } from "../../ports/plugin-runtime.ts";
import { ReadThroughCache } from "../../read-through-cache.ts";

/** An installation with the package that it runs. */
export interface InstalledPlugin {
  readonly installation: Installation;
  readonly package: PackageVersion;
  /** null for a plugin without a server bundle. */
  readonly spec: PluginSpec | null;
}

/** A version of an installation that may call the platform, with what it may do. */
export interface InForceVersion {
  readonly manifest: Manifest;
  readonly grants: readonly Grant[];
  /** Whether the package is one that came with Patchbay, whatever its id. */
  readonly isBuiltin: boolean;
}

const inForceOf = (
  { manifest, organizationId, source }: PackageVersion,
  grants: readonly Grant[],
): InForceVersion => ({ manifest, grants, isBuiltin: isBuiltinPackage({ organizationId, source }) });

/** Whether a package came with Patchbay: it is in the system catalog, which nobody can bring anything into. */
export const isBuiltinPackage = ({
  organizationId,
  source,
}: Pick<PackageVersion, "organizationId" | "source">): boolean =>
  organizationId === null && source === "builtin";

/** Where the directory reads. */
export interface DirectoryStores {
  readonly installations: Pick<InstallationStore, "find">;
  readonly catalog: Pick<CatalogStore, "findVersion">;
}

const keyOf = (organizationId: string, pluginId: string): string =>
  JSON.stringify([organizationId, pluginId]);

/** Installations as calls need them: held in memory, read anew after a change on any node. */
export class InstallationDirectory {
  readonly #stores: DirectoryStores;
  readonly #plugins: ReadThroughCache<InstalledPlugin | null>;
  readonly #keysById = new Map<string, string>();

  constructor(stores: DirectoryStores) {
    this.#stores = stores;
    this.#plugins = new ReadThroughCache(async (key) => {
      const [organizationId, pluginId] = JSON.parse(key) as [string, string];
      const installation = await this.#stores.installations.find(organizationId, pluginId);
      if (installation === null) return null;
      this.#keysById.set(installation.id, key);
      return await this.#withPackage(installation, installation.version);
    });
  }

  /** What the organization has installed under this id, or null. */
  async find(organizationId: string, pluginId: string): Promise<InstalledPlugin | null> {
    const key = keyOf(organizationId, pluginId);
    return this.#plugins.peek(key) ?? (await this.#plugins.get(key));
  }

  /** What is in force for the version that makes a host call: the installed one, or the one that an update is starting. */
  async inForce({ spec }: Pick<HostCall, "spec">): Promise<InForceVersion | null> {
    const plugin = await this.find(spec.organizationId, spec.pluginId);
    if (plugin === null || plugin.installation.id !== spec.installationId) return null;
    const { installation } = plugin;
    if (spec.version === installation.version) return inForceOf(plugin.package, installation.grants);
    if (installation.transition?.toVersion !== spec.version) return null;
    const candidate = await this.#withPackage(installation, spec.version);
    return candidate === null ? null : inForceOf(candidate.package, installation.transition.grants);
  }

  forget(installationId: string): void {
    const key = this.#keysById.get(installationId);
    if (key === undefined) this.#plugins.dropLoads();
    else this.#plugins.invalidate(key);
  }

  forgetAll(): void {
    this.#plugins.clear();
  }

  async #withPackage(installation: Installation, version: string): Promise<InstalledPlugin | null> {
    const found = await this.#stores.catalog.findVersion(
      installation.organizationId,
      installation.pluginId,
      version,
    );
    return found === null ? null : { installation, package: found, spec: specOf(installation, found) };
  }
}

/** What the sandbox needs to know to run a package for an installation; null without a server bundle. */
export const specOf = (
  installation: Installation,
  { manifest, version, digest, scriptDigest }: PackageVersion,
): PluginSpec | null =>
  scriptDigest === null
    ? null
    : {
        installationId: installation.id,
        organizationId: installation.organizationId,
        pluginId: installation.pluginId,
        version,
        packageDigest: digest,
        scriptDigest,
        contributes: declaredNames(manifest),
        memoryMb: manifest.limits?.memoryMb ?? DEFAULT_MEMORY_MB,
        callSeconds: manifest.limits?.callSeconds ?? DEFAULT_CALL_SECONDS,
      };
