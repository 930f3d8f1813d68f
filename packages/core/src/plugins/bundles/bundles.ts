import type { ReadBundle } from "@patchbay/artifact";
import {
  type BundleManifestDto,
  MAX_BUNDLE_PACKAGES,
  PatchbayError,
  type RegistryPublisherDto,
} from "@patchbay/protocol";
import { authorize, type MemberAuthority, requireDeploymentAdmin } from "../../access/authority.ts";
import type { Principal } from "../../access/caller.ts";
import { requireInstallable, requireSource } from "../../access/policy-rules.ts";
import { isScopeVisible } from "../../access/sight.ts";
import type { ArtifactStore } from "../../ports/artifact-store.ts";
import type { PackageVersion } from "../../ports/catalog-store.ts";
import type { Database } from "../../ports/database.ts";
import type { World } from "../../world.ts";
import type { PackageIntake } from "../catalog/package-intake.ts";
import { InstalledGraph } from "../dependencies/installed-graph.ts";
import { resolve } from "../dependencies/resolution.ts";
import type { Locks } from "../lock/locks.ts";
import type { Sourcing } from "../sources/sourcing.ts";
import { type PublisherKeys, publisherOf } from "../trust/publisher-keys.ts";

export interface BundleRequest {
  /** Without it: all that is installed and does not come with Patchbay itself. */
  readonly plugins?: readonly { readonly plugin: string; readonly version?: string }[];
  /** Put the lock file in, too. */
  readonly lock?: boolean;
}

/** Packages with all that they need as one file, for deployments without a network. */
export class Bundles {
  readonly #database: Database;
  readonly #artifacts: ArtifactStore;
  readonly #intake: PackageIntake;
  readonly #locks: Locks;
  readonly #keys: PublisherKeys;
  readonly #sourcing: Pick<Sourcing, "versionsHere">;
  readonly #world: World;

  constructor(parts: {
    database: Database;
    artifacts: ArtifactStore;
    intake: PackageIntake;
    locks: Locks;
    keys: PublisherKeys;
    sourcing: Pick<Sourcing, "versionsHere">;
    world: World;
  }) {
    this.#database = parts.database;
    this.#artifacts = parts.artifacts;
    this.#intake = parts.intake;
    this.#locks = parts.locks;
    this.#keys = parts.keys;
    this.#sourcing = parts.sourcing;
    this.#world = parts.world;
  }

  /**
   * What the bundle will hold: each plugin that was asked for, in its installed version (or the newest) unless told, with what it
   * needs. Throws `package_not_found`, `dependency_*`.
   */
  async describe(principal: Principal, slug: string, request: BundleRequest): Promise<BundleManifestDto> {
    const authority = authorize(principal, slug, "org.plugins.read");
    const { organization } = authority;
    const installed = await this.#installed(authority);
    const wanted = request.plugins ?? [...installed].map(([plugin, version]) => ({ plugin, version }));
    const roots: PackageVersion[] = [];
    const all = new Map<string, PackageVersion>();
    for (const one of wanted) {
      const root = await this.#choose(organization.id, installed, one);
      roots.push(root);
      for (const each of await this.#withNeeded(organization.id, installed, root))
        if (isTakenAlong(each)) all.set(each.digest, each);
    }
    if (all.size > MAX_BUNDLE_PACKAGES)
      throw new PatchbayError(
        "package_too_large",
        `The bundle would hold ${all.size} packages; ${MAX_BUNDLE_PACKAGES} are allowed. Make several.`,
      );
    const publishers = await this.#publishersOf([...all.values()]);
    return {
      bundleVersion: 1,
      roots: roots.map(({ pluginId, version }) => ({ plugin: pluginId, version })),
      packages: [...all.values()].map(({ pluginId, version, digest, sizeBytes }) => ({
        plugin: pluginId,
        version,
        digest,
        sizeBytes,
      })),
      ...(publishers.length > 0 && { publishers }),
      ...(request.lock === true && { lock: await this.#locks.read(principal, slug) }),
    };
  }

  /** The bytes of a package of a bundle. */
  async open(digest: string) {
    return await this.#artifacts.open(digest);
  }

  /** Throws `forbidden` or `policy_blocked` unless the caller may bring bundles; to be asked before one is read. */
  authorizeImport(principal: Principal, slug: string): MemberAuthority {
    const authority = authorize(principal, slug, "org.plugins.write");
    requireInstallable(authority.policy);
    requireSource(authority.policy, "bundle");
    return authority;
  }

  /**
   * Takes over the publishers' keys that came with a bundle, as if a marketplace had shown them. For administrators of the
   * deployment, who know where the bundle comes from. Throws `forbidden`, `publisher_key_changed`, `key_invalid`.
   */
  async learnKeys({ caller }: MemberAuthority, { manifest }: ReadBundle): Promise<void> {
    requireDeploymentAdmin(caller);
    for (const publisher of manifest.publishers ?? []) await this.#keys.learn(publisher, "a bundle");
  }

  /**
   * Takes all packages of a bundle into the organization's catalog, or none. Throws `bundle_invalid` for packages that are not
   * what the bundle says, and what `PackageIntake.admit` throws.
   */
  async import(
    authority: MemberAuthority,
    { manifest, files }: ReadBundle,
    signal?: AbortSignal,
  ): Promise<PackageVersion[]> {
    const paths = manifest.packages.map(({ digest }) => files.get(digest) ?? "");
    const origin = { by: authority, source: "bundle", badge: "private" } as const;
    const admitted = await this.#intake.admitAll(paths, origin, signal, (versions) =>
      requireAsListed(manifest, versions),
    );
    return admitted.map(({ version }) => version);
  }

  async #publishersOf(versions: readonly PackageVersion[]): Promise<RegistryPublisherDto[]> {
    const signed = versions.filter(({ signature }) => signature !== null);
    const publishers = [...new Set(signed.map(({ pluginId }) => publisherOf(pluginId)))].sort();
    const described = publishers.map(async (publisher) => ({
      publisher,
      name: publisher,
      proofs: [],
      packages: [],
      keys: (await this.#keys.of(publisher)).map(({ keyId, publicKey, endorsement, revoked, learnedAt }) => ({
        keyId,
        publicKey,
        createdAt: learnedAt.toISOString(),
        ...(endorsement !== null && { endorsement }),
        ...(revoked !== null && { revoked: { at: revoked.at.toISOString(), reason: revoked.reason } }),
      })),
    }));
    return (await Promise.all(described)).filter(({ keys }) => keys.length > 0);
  }

  /** As far as the caller sees that. */
  async #installed(authority: MemberAuthority): Promise<ReadonlyMap<string, string>> {
    const installations = await this.#database.installations.list(authority.organization.id);
    const own = installations.filter((one) => isTakenAlong(one) && isScopeVisible(authority, one.scope));
    return new Map(own.map(({ pluginId, version }) => [pluginId, version]));
  }

  async #choose(
    organizationId: string,
    installed: ReadonlyMap<string, string>,
    { plugin, version = installed.get(plugin) }: { readonly plugin: string; readonly version?: string },
  ): Promise<PackageVersion> {
    const versions =
      version === undefined
        ? await this.#sourcing.versionsHere(organizationId, plugin)
        : await this.#database.catalog.listVersions(organizationId, plugin);
    const chosen = version === undefined ? versions[0] : versions.find((one) => one.version === version);
    if (chosen !== undefined) return chosen;
    const what = version === undefined ? "no plugin" : `no version ${version} of`;
    throw new PatchbayError("package_not_found", `The catalog has ${what} "${plugin}".`);
  }

  /** What is installed comes before what is newer. */
  async #withNeeded(
    organizationId: string,
    installed: ReadonlyMap<string, string>,
    root: PackageVersion,
  ): Promise<readonly PackageVersion[]> {
    const versionsOf = async (plugin: string) => {
      const version = installed.get(plugin);
      const versions = await this.#sourcing.versionsHere(organizationId, plugin, version);
      return versions.toSorted((one, other) => rank(other) - rank(one));
    };
    const rank = ({ pluginId, version }: PackageVersion) => (installed.get(pluginId) === version ? 1 : 0);
    const { patchbayVersion } = this.#world;
    const { along } = await resolve(root, { installed: new InstalledGraph([]), patchbayVersion, versionsOf });
    return [root, ...along];
  }
}

const requireAsListed = (
  { packages }: BundleManifestDto,
  versions: readonly Pick<PackageVersion, "pluginId" | "version" | "digest">[],
): void => {
  for (const [index, { pluginId, version, digest }] of versions.entries()) {
    const listed = packages[index];
    if (listed?.plugin === pluginId && listed.version === version && listed.digest === digest) continue;
    throw new PatchbayError(
      "bundle_invalid",
      `The bundle lists ${listed?.plugin} ${listed?.version}, but that package is ${pluginId} ${version}.`,
    );
  }
};

/** What comes with Patchbay is there already, and a server is added where it is to be asked. */
const isTakenAlong = ({ source }: Pick<PackageVersion, "source">): boolean =>
  source !== "builtin" && source !== "bridge";
