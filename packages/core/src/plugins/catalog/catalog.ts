import { PatchbayError } from "@patchbay/protocol";
import { authorize, type MemberAuthority } from "../../access/authority.ts";
import type { Principal } from "../../access/caller.ts";
import { requireInstallable, requireSource } from "../../access/policy-rules.ts";
import type { ArtifactStore } from "../../ports/artifact-store.ts";
import type { CatalogQuery, PackageVersion, Page } from "../../ports/catalog-store.ts";
import type { Database } from "../../ports/database.ts";
import type { PackageIntake } from "./package-intake.ts";

/** A part of a package that is stored by itself. */
export interface StoredPart {
  readonly digest: string;
  /** Throws `artifact_missing` or `artifact_corrupt`. */
  read(): Promise<Buffer>;
}

/** The packages that an organization can install: its own and the system's. */
export class Catalog {
  readonly #database: Database;
  readonly #artifacts: ArtifactStore;
  readonly #intake: PackageIntake;

  constructor(database: Database, artifacts: ArtifactStore, intake: PackageIntake) {
    this.#database = database;
    this.#artifacts = artifacts;
    this.#intake = intake;
  }

  async search(
    principal: Principal,
    slug: string,
    query: CatalogQuery,
  ): Promise<{ authority: MemberAuthority; page: Page<PackageVersion> }> {
    const authority = authorize(principal, slug, "org.plugins.read");
    return { authority, page: await this.#database.catalog.search(authority.organization.id, query) };
  }

  /** All versions of a plugin, newest first. Throws `package_not_found`. */
  async versions(
    principal: Principal,
    slug: string,
    pluginId: string,
  ): Promise<{ authority: MemberAuthority; versions: PackageVersion[] }> {
    const authority = authorize(principal, slug, "org.plugins.read");
    const versions = await this.#database.catalog.listVersions(authority.organization.id, pluginId);
    if (versions.length === 0)
      throw new PatchbayError("package_not_found", `The catalog has no plugin "${pluginId}".`);
    return { authority, versions };
  }

  /** One version; the newest without `version`. Throws `package_not_found`. */
  async version(
    principal: Principal,
    slug: string,
    pluginId: string,
    version?: string,
  ): Promise<PackageVersion> {
    const { versions } = await this.versions(principal, slug, pluginId);
    const found = version === undefined ? versions[0] : versions.find((one) => one.version === version);
    if (found === undefined)
      throw new PatchbayError("package_not_found", `The catalog has no version ${version} of "${pluginId}".`);
    return found;
  }

  /** The package's bytes, or a range of them. Throws `package_not_found`, `artifact_missing`. */
  async open(packageVersion: PackageVersion, range?: { start: number; end: number }) {
    return await this.#artifacts.open(packageVersion.digest, range);
  }

  /** Where clients get the package from the artifact store itself, for a short time; null when they must get it here. */
  async addressOf({ digest, pluginId, version }: PackageVersion): Promise<URL | null> {
    const as = { fileName: `${pluginId}-${version}.zip`, mediaType: "application/zip" };
    return await this.#artifacts.addressOf(digest, as);
  }

  /** A text that came with the version. Throws `not_found` when it has none. */
  document({ pluginId, version, ...found }: PackageVersion, name: "readme" | "changelog"): StoredPart {
    const digest = name === "readme" ? found.readmeDigest : found.changelogDigest;
    if (digest === null)
      throw new PatchbayError("not_found", `Version ${version} of "${pluginId}" came without a ${name}.`);
    return { digest, read: () => this.#artifacts.read(digest) };
  }

  /** The version's picture. Throws `not_found` when it has none. */
  icon({ pluginId, version, icon }: PackageVersion): StoredPart & { readonly type: string } {
    if (icon === null)
      throw new PatchbayError("not_found", `Version ${version} of "${pluginId}" came without an icon.`);
    return { ...icon, read: () => this.#artifacts.read(icon.digest) };
  }

  /** Throws `forbidden` or `policy_blocked` unless the caller may bring packages of this source; to be asked before one is read. */
  authorizeUpload(principal: Principal, slug: string, source: "upload" | "directory"): MemberAuthority {
    const authority = authorize(principal, slug, "org.plugins.write");
    requireInstallable(authority.policy);
    requireSource(authority.policy, source);
    return authority;
  }

  /** Adds the package in a file to the organization's catalog. Throws what `PackageIntake.admit` throws. */
  async upload(
    authority: MemberAuthority,
    path: string,
    source: "upload" | "directory",
    signal?: AbortSignal,
  ) {
    return await this.#intake.admit(path, { by: authority, source, badge: "private" }, signal);
  }

  /** A user-interface bundle by its digest. Throws `artifact_missing`. */
  async openBundle(uiDigest: string) {
    return await this.#artifacts.open(uiDigest);
  }
}
