import { createHash } from "node:crypto";
import { checkEngine, readPackage, type ValidatedPackage } from "@patchbay/artifact";
import {
  type Badge,
  type Manifest,
  type ManifestRules,
  type PackageSource,
  PatchbayError,
} from "@patchbay/protocol";
import { type Authority, isScopeWritable } from "../../access/authority.ts";
import { actorOf, SYSTEM_ACTOR } from "../../access/caller.ts";
import { SERVER_PUBLISHER } from "../../model/server-plugins.ts";
import type { ArtifactStore } from "../../ports/artifact-store.ts";
import type { Actor, AuditStore } from "../../ports/audit-store.ts";
import type { CatalogStore, PackageVersion } from "../../ports/catalog-store.ts";
import type { Database, Stores } from "../../ports/database.ts";
import type { ObtainedFrom } from "../../ports/offer-store.ts";
import type { World } from "../../world.ts";
import type { PackageTrust } from "../trust/package-trust.ts";
import { publisherOf } from "../trust/publisher-keys.ts";
import { scriptOf, uiBundleOf } from "./package-code.ts";
import { storeDocuments } from "./package-documents.ts";

export interface PackageOrigin {
  /** Who brings it, into the catalog of their organization; `system`: Patchbay itself, into the catalog of all. */
  readonly by: Authority | "system";
  readonly source: PackageSource;
  readonly badge: Badge;
  /** Where it was got, for a source where newer versions are looked for. */
  readonly obtained?: ObtainedFrom;
}

/** What a catalog says about a version that its bytes say too. */
type PackageContent = Omit<
  PackageVersion,
  "id" | "organizationId" | "source" | "badge" | "origin" | "broughtFor" | "seal" | "createdAt"
>;

type NewVersion = Omit<PackageVersion, "createdAt">;

/** Lets packages into the catalog: every check is made first, then bytes are stored, and the row that names them comes last. */
export class PackageIntake {
  readonly #database: Database;
  readonly #artifacts: ArtifactStore;
  readonly #trust: PackageTrust;
  readonly #world: World;
  readonly #rules: ManifestRules | undefined;

  constructor(parts: {
    database: Database;
    artifacts: ArtifactStore;
    trust: PackageTrust;
    world: World;
    rules?: ManifestRules;
  }) {
    this.#database = parts.database;
    this.#artifacts = parts.artifacts;
    this.#trust = parts.trust;
    this.#world = parts.world;
    this.#rules = parts.rules;
  }

  /**
   * Admits the package in the file at `path`, which stays the caller's. The same version with the same bytes comes back
   * with `created: false`. Throws `package_*`, `archive_*`, `manifest_*`, `entry_missing`, `script_invalid`,
   * `import_not_available`, `icon_invalid`, `engine_mismatch`, `permission_unavailable`, `plugin_id_reserved`, `version_exists`, `signature_*` or
   * `artifact_store_*`; nothing is left behind then but bytes that no row names, which are collected later.
   */
  async admit(
    path: string,
    origin: PackageOrigin,
    signal?: AbortSignal,
  ): Promise<{ version: PackageVersion; created: boolean }> {
    const prepared = await this.#prepare(path, origin, signal);
    return await this.#database.transaction(async (stores) => await this.#add(stores, prepared, origin));
  }

  /** The same for several files: all of them, or none. `check` may throw at what they are, in the order of `paths`. */
  async admitAll(
    paths: readonly string[],
    origin: PackageOrigin,
    signal?: AbortSignal,
    check?: (versions: readonly NewVersion[]) => void,
  ): Promise<{ version: PackageVersion; created: boolean }[]> {
    const prepared: NewVersion[] = [];
    for (const path of paths) prepared.push(await this.#prepare(path, origin, signal));
    check?.(prepared);
    return await this.#database.transaction(async (stores) => {
      const admitted: { version: PackageVersion; created: boolean }[] = [];
      for (const one of prepared) admitted.push(await this.#add(stores, one, origin));
      return admitted;
    });
  }

  /**
   * Looks at the bytes of a version that was admitted before versions had a seal, and seals what it finds. Throws what `admit`
   * throws; `package_modified` when they are those of something else; `artifact_missing`, `artifact_corrupt`.
   */
  async admitAgain(version: PackageVersion): Promise<PackageVersion> {
    const { id, organizationId, source, badge, origin, broughtFor } = version;
    const file = await this.#artifacts.localFile(version.digest);
    try {
      await using packageFile = await readPackage(file.path, this.#options());
      requireIdentity(version, packageFile.manifest);
      const row = {
        id,
        organizationId,
        source,
        badge,
        origin,
        broughtFor,
        ...(await this.#take(packageFile, file.path)),
      };
      return await this.#database.catalog.amendVersion({ ...row, seal: this.#trust.sealOf(row) });
    } finally {
      await file.release();
    }
  }

  /**
   * Whether one of these versions has the bytes of the file at `path`, is as it was sealed, and all that it names is stored:
   * admitting the file again would change nothing. Throws what reading a package throws.
   */
  async isAmong(versions: readonly PackageVersion[], path: string): Promise<boolean> {
    await using packageFile = await readPackage(path, this.#options());
    const version = versions.find((one) => one.digest === packageFile.digest);
    if (version === undefined || version.seal === null) return false;
    if ((await this.#trust.judge(version)).state === "modified") return false;
    const { digest, scriptDigest, uiDigest, readmeDigest, changelogDigest, icon } = version;
    const named = [digest, scriptDigest, uiDigest, readmeDigest, changelogDigest, icon?.digest ?? null];
    const stored = named.map((one) => one === null || this.#artifacts.has(one));
    return !(await Promise.all(stored)).includes(false);
  }

  #options(signal?: AbortSignal) {
    return { ...(signal && { signal }), ...(this.#rules && { rules: this.#rules }) };
  }

  /** Makes all checks and stores the bytes. */
  async #prepare(path: string, origin: PackageOrigin, signal?: AbortSignal): Promise<NewVersion> {
    await using packageFile = await readPackage(path, this.#options(signal));
    await this.#requireAdmissible(packageFile, origin);
    const { by, source, badge, obtained = null } = origin;
    const organizationId = by === "system" ? null : by.organization.id;
    const content = await this.#take(packageFile, path);
    const broughtFor = broughtForOf(origin);
    const id = this.#world.newId();
    const row = { id, organizationId, source, badge, origin: obtained, broughtFor, ...content };
    return { ...row, seal: this.#trust.sealOf(row) };
  }

  async #take(packageFile: ValidatedPackage, path: string): Promise<PackageContent> {
    const { manifest, digest } = packageFile;
    const evidence = await this.#trust.examine(packageFile);
    const script = await scriptOf(packageFile);
    const scriptDigest = script && (await this.#store(script));
    const uiBundle = await uiBundleOf(packageFile);
    const uiDigest = uiBundle && (await this.#store(uiBundle));
    const documents = await storeDocuments(packageFile, (content) => this.#store(content));
    await this.#database.artifacts.claim(digest);
    await this.#artifacts.putFile(digest, path);
    const { id: pluginId, version } = manifest;
    const sizeBytes = packageFile.archiveBytes;
    return {
      pluginId,
      version,
      digest,
      sizeBytes,
      scriptDigest,
      uiDigest,
      ...documents,
      manifest,
      ...evidence,
    };
  }

  async #add(stores: Stores, version: NewVersion, { by }: PackageOrigin) {
    if (by !== "system") await requireContinuable(stores, by, version);
    const admitted = await stores.catalog.addVersion(version);
    if (!admitted.created)
      return { created: false, version: await this.#renew(stores.catalog, admitted.version, version) };
    const actor = by === "system" ? SYSTEM_ACTOR : actorOf(by.caller);
    await stores.audit.append(addedEvent(admitted.version, actor));
    return admitted;
  }

  /** Its row may have come before versions had seals, or have been changed from outside: the bytes say how it is. */
  async #renew(
    catalog: CatalogStore,
    { createdAt, seal: known, ...row }: PackageVersion,
    {
      seal: _seal,
      id: _id,
      organizationId: _organization,
      source: _source,
      badge: _badge,
      origin: _origin,
      broughtFor,
      ...content
    }: NewVersion,
  ): Promise<PackageVersion> {
    // Brought again by somebody who may bring it for all, it is for all.
    const renewed = { ...row, ...content, ...(broughtFor === null && { broughtFor }) };
    const seal = this.#trust.sealOf(renewed);
    if (known === seal && this.#trust.sealOf(row) === seal) return { ...row, seal, createdAt };
    return await catalog.amendVersion({ ...renewed, seal });
  }

  async #requireAdmissible({ manifest }: ValidatedPackage, origin: PackageOrigin): Promise<void> {
    checkEngine(manifest, this.#world.patchbayVersion);
    // A version of a server's plugin passes for what that server has, and gets its key.
    if (publisherOf(manifest.id) === SERVER_PUBLISHER && origin.source !== "bridge")
      throw new PatchbayError(
        "plugin_id_reserved",
        `"${manifest.id}" is the id of an MCP server, which Patchbay makes a plugin itself. Choose another id in plugin.json.`,
      );
    if (origin.by !== "system" && (await this.#database.catalog.isSystemPlugin(manifest.id))) {
      throw new PatchbayError(
        "plugin_id_reserved",
        `"${manifest.id}" is the id of a plugin of the system catalog. Choose another id in plugin.json.`,
      );
    }
  }

  async #store(content: Buffer): Promise<string> {
    const digest = createHash("sha256").update(content).digest("hex");
    await this.#database.artifacts.claim(digest);
    await this.#artifacts.put(digest, content);
    return digest;
  }
}

/** Of what a project's manager brings: their projects. What a marketplace has is the same for everybody. */
const broughtForOf = ({ by, source }: PackageOrigin): readonly string[] | null =>
  by === "system" || source === "marketplace" || by.reach === "organization" ? null : [...by.managed].sort();

/**
 * A version is what installations of its plugin go over to: whoever may not change one of them does not bring it either. Throws
 * `forbidden`.
 */
const requireContinuable = async (
  { installations }: Stores,
  authority: Authority,
  { pluginId }: NewVersion,
): Promise<void> => {
  const { organization, reach } = authority;
  if (reach === "organization") return;
  // One that is made meanwhile has been made of what was in the catalog.
  await installations.lockAll(organization.id);
  const installation = await installations.find(organization.id, pluginId);
  if (installation === null || isScopeWritable(authority, installation.scope)) return;
  throw new PatchbayError(
    "forbidden",
    `A version of "${pluginId}" is not yours to bring: it could be used for projects that you do not manage. ` +
      "Ask an owner or administrator to bring it, or choose another id.",
  );
};

const addedEvent = (
  { organizationId, pluginId, version, digest, sizeBytes, source }: PackageVersion,
  actor: Actor,
): Parameters<AuditStore["append"]>[0] => ({
  organizationId,
  actor,
  action: "package.added",
  pluginId,
  detail: { version, digest, sizeBytes, source },
});

const requireIdentity = ({ pluginId, version }: PackageVersion, found: Manifest): void => {
  if (found.id === pluginId && found.version === version) return;
  throw new PatchbayError(
    "package_modified",
    `The bytes of "${pluginId}" ${version} are those of "${found.id}" ${found.version}.`,
  );
};
