import type { Badge, Manifest, PackageSource, PluginCategory } from "@patchbay/protocol";
import type { ObtainedFrom } from "./offer-store.ts";

/** Where a package was built, as a certificate authority and a transparency log vouch for it. */
export interface Provenance {
  /** The repository. */
  readonly source: string;
  /** What built it. */
  readonly builder: string;
  /** RFC 3339 */
  readonly verifiedAt: string;
}

/** One version of a plugin in a catalog. Its bytes are in the artifact store under `digest`. Never changes. */
export interface PackageVersion {
  readonly id: string;
  /** null: in the system catalog, seen by every organization. */
  readonly organizationId: string | null;
  readonly pluginId: string;
  readonly version: string;
  /** SHA-256 of the zip, hex. */
  readonly digest: string;
  readonly sizeBytes: number;
  /** SHA-256 of the server bundle's script form, hex; null for a plugin without one. */
  readonly scriptDigest: string | null;
  /** SHA-256 of the user-interface bundle, hex; null for a plugin without one. */
  readonly uiDigest: string | null;
  /** SHA-256 of README.md and CHANGELOG.md, hex; null for a package without them. */
  readonly readmeDigest: string | null;
  readonly changelogDigest: string | null;
  readonly icon: { readonly digest: string; readonly type: string } | null;
  readonly manifest: Manifest;
  readonly source: PackageSource;
  readonly badge: Badge;
  /** null for what was brought by people or came with Patchbay. */
  readonly origin: ObtainedFrom | null;
  /** Slugs of the projects that whoever brought it manages: no installation that reaches further goes over to it by itself. null: any may. */
  readonly broughtFor: readonly string[] | null;
  /** The text of signature.json; null for a package without one. */
  readonly signature: string | null;
  /** What was proven of the build when it came in; null for a package that says nothing about it. */
  readonly provenance: Provenance | null;
  /** Over all of this by the deployment's secret key; null for a version that was admitted before versions had one. */
  readonly seal: string | null;
  readonly createdAt: Date;
}

export interface CatalogQuery {
  /** Words that must all occur in id, name, description, author or keywords. */
  readonly q?: string;
  readonly category?: PluginCategory;
  readonly source?: PackageSource;
  readonly badge?: Badge;
  readonly limit: number;
  readonly cursor?: string;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Opaque; absent on the last page. */
  readonly cursor?: string;
}

/** Catalog rows. An organization sees its own and the system's. */
export interface CatalogStore {
  /**
   * Adds a version. The same version with the same digest comes back as it is (`created: false`); with another digest
   * it throws `version_exists`.
   */
  addVersion(
    version: Omit<PackageVersion, "createdAt">,
  ): Promise<{ version: PackageVersion; created: boolean }>;
  /** Puts what was found in a version's bytes in the place of what the catalog says about them. Throws `package_not_found`. */
  amendVersion(version: Omit<PackageVersion, "createdAt">): Promise<PackageVersion>;
  findVersion(organizationId: string, pluginId: string, version: string): Promise<PackageVersion | null>;
  /** All versions that the organization sees, newest semver first. */
  listVersions(organizationId: string, pluginId: string): Promise<PackageVersion[]>;
  /**
   * Of every plugin that the organization has installed the installed and the newest version that it sees, by plugin id,
   * newest first; one where they are the same. In one query however many there are.
   */
  listInstalled(organizationId: string): Promise<ReadonlyMap<string, readonly PackageVersion[]>>;
  /** The newest version of each plugin that fits, by plugin id. Pre-releases come only where there is nothing else. */
  search(organizationId: string, query: CatalogQuery): Promise<Page<PackageVersion>>;
  /** Whether the system catalog holds the plugin: its id is taken for everyone. */
  isSystemPlugin(pluginId: string): Promise<boolean>;
  /** Whether a package of any organization has this user-interface bundle: it is served to whoever knows its digest. */
  isUiBundle(digest: string): Promise<boolean>;
  /** Newest built-in version of each built-in plugin. */
  listBuiltins(): Promise<PackageVersion[]>;
  /**
   * Keeps a version that the organization sees from being removed until the transaction ends, by when an installation must name it.
   * Throws `package_not_found` when it has been removed.
   */
  holdVersion(organizationId: string, pluginId: string, version: string): Promise<void>;
  /**
   * How many versions came before this time, are not among the `keep` newest of their plugin in their catalog (nor among the `keep`
   * newest that are no pre-releases), and are neither installed, nor being installed, nor what an installation can go back to.
   */
  countSuperseded(keep: number, before: Date): Promise<number>;
  /** Removes up to `limit` of these and returns them. Part of a transaction. */
  removeSuperseded(keep: number, before: Date, limit: number): Promise<PackageVersion[]>;
}
