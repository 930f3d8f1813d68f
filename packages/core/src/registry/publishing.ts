import { createHash } from "node:crypto";
import { readPackage, readSignature, type ValidatedPackage } from "@patchbay/artifact";
import { type AuditAction, PatchbayError } from "@patchbay/protocol";
import { scriptOf, uiBundleOf } from "../plugins/catalog/package-code.ts";
import { storeDocuments } from "../plugins/catalog/package-documents.ts";
import type { ArtifactStore } from "../ports/artifact-store.ts";
import type { Page } from "../ports/catalog-store.ts";
import type { Database, Stores } from "../ports/database.ts";
import type {
  Finding,
  RegistrySubmission,
  RegistrySubmissionStore,
  RegistryVersion,
} from "../ports/registry-store.ts";
import type { World } from "../world.ts";
import { actorOfCaller, type RegistryCaller, requireRegistryAdmin } from "./callers.ts";
import { outcomeOf, runChecks } from "./checks/pipeline.ts";
import { MAX_PUBLISH_ATTEMPTS, POPULAR_PACKAGES, PUBLISH_WINDOW_MS } from "./limits.ts";
import type { RegistryPublishers } from "./publishers.ts";

type NewVersion = Omit<RegistryVersion, "publishedAt" | "yanked">;

/** What became of a package that was sent. */
export interface Published {
  /** null when these bytes had been published before. */
  readonly submission: RegistrySubmission | null;
  readonly state: RegistrySubmission["state"];
  readonly plugin: string;
  readonly version: string;
  readonly digest: string;
  readonly findings: readonly Finding[];
}

/** Lets packages into the registry once they have passed all checks, and holds back those of which it is not certain. */
export class RegistryPublishing {
  readonly #database: Database;
  readonly #artifacts: ArtifactStore;
  readonly #publishers: RegistryPublishers;
  readonly #world: World;

  constructor(parts: {
    database: Database;
    artifacts: ArtifactStore;
    publishers: RegistryPublishers;
    world: World;
  }) {
    this.#database = parts.database;
    this.#artifacts = parts.artifacts;
    this.#publishers = parts.publishers;
    this.#world = parts.world;
  }

  /** To be asked before a body is read: throws `rate_limited`. */
  async admit(caller: RegistryCaller): Promise<void> {
    const who = caller.kind === "token" ? caller.token.publisher : caller.principal.user.id;
    const now = this.#world.now();
    const since = new Date(now.getTime() - PUBLISH_WINDOW_MS);
    const attempts = await this.#database.accounts.countAttempt(`registry-publish:${who}`, now, since);
    if (attempts <= MAX_PUBLISH_ATTEMPTS) return;
    throw new PatchbayError(
      "rate_limited",
      `More than ${MAX_PUBLISH_ATTEMPTS} packages were sent within ten minutes. Wait, then go on.`,
      { facts: { retryAfterSeconds: PUBLISH_WINDOW_MS / 1_000 } },
    );
  }

  /**
   * Publishes the package in the file at `path`, which stays the caller's. Throws what reading a package throws, `forbidden`,
   * `publisher_not_found`, `publisher_unproven`, `version_exists`.
   */
  async publish(caller: RegistryCaller, path: string, signal?: AbortSignal): Promise<Published> {
    await using packageFile = await readPackage(path, signal === undefined ? {} : { signal });
    const { manifest, digest } = packageFile;
    const publisher = manifest.id.slice(0, manifest.id.indexOf("."));
    await this.#publishers.authorizeProven(caller, publisher);
    const known = await this.#known(manifest.id, manifest.version, digest);
    if (known !== null) return known;
    const findings = await this.#check(packageFile, publisher);
    const state = outcomeOf(findings);
    const version = state === "rejected" ? null : await this.#store(packageFile, path);
    const submission = await this.#database.transaction(async (stores) => {
      if (state === "passed" && version !== null) await this.#add(stores, version);
      const created = await stores.registry.submissions.create({
        publisher,
        plugin: manifest.id,
        version: manifest.version,
        digest,
        state,
        findings,
        held: state === "quarantined" ? version : null,
      });
      await this.#audit(stores, caller, `registry.${state}`, created);
      return created;
    });
    return { ...submission, submission };
  }

  /** What waits for a decision, for administrators to look at. Throws `submission_not_found`, `submission_decided`, `forbidden`. */
  async held(caller: RegistryCaller, id: string): Promise<NewVersion> {
    requireRegistryAdmin(caller);
    const { held, state } = await this.#find(id);
    if (held !== null) return held;
    throw new PatchbayError("submission_decided", `Submission ${id} is not held back: it is ${state}.`);
  }

  /** Publishes what was held back. Throws `submission_not_found`, `submission_decided`, `version_exists`, `forbidden`. */
  async release(caller: RegistryCaller, id: string): Promise<RegistrySubmission> {
    requireRegistryAdmin(caller);
    const { held } = await this.#find(id);
    return await this.#database.transaction(async (stores) => {
      const decision = { state: "released", decidedBy: actorOfCaller(caller), reason: null } as const;
      const decided = await stores.registry.submissions.decide(id, decision);
      if (held !== null) await this.#add(stores, held);
      await this.#audit(stores, caller, "registry.released", decided);
      return decided;
    });
  }

  /** Throws `submission_not_found`, `submission_decided`, `forbidden`. */
  async reject(caller: RegistryCaller, id: string, reason: string): Promise<RegistrySubmission> {
    requireRegistryAdmin(caller);
    await this.#find(id);
    return await this.#database.transaction(async (stores) => {
      const decision = { state: "refused", decidedBy: actorOfCaller(caller), reason } as const;
      const decided = await stores.registry.submissions.decide(id, decision);
      await this.#audit(stores, caller, "registry.refused", decided);
      return decided;
    });
  }

  /** What was sent in a publisher's name; of everybody for administrators of the deployment. Newest first. */
  async submissions(
    caller: RegistryCaller,
    query: Parameters<RegistrySubmissionStore["list"]>[0],
  ): Promise<Page<RegistrySubmission>> {
    if (query.publisher === undefined) requireRegistryAdmin(caller);
    else await this.#publishers.authorize(caller, query.publisher);
    return await this.#database.registry.submissions.list(query);
  }

  async #find(id: string): Promise<RegistrySubmission> {
    const found = await this.#database.registry.submissions.find(id);
    if (found !== null) return found;
    throw new PatchbayError("submission_not_found", `The registry has no submission ${id}.`);
  }

  /** What is to be said when these very bytes were sent before. Throws `version_exists` when others are published. */
  async #known(plugin: string, version: string, digest: string): Promise<Published | null> {
    const { packages, submissions } = this.#database.registry;
    const published = await packages.findVersion(plugin, version);
    if (published?.digest === digest)
      return { submission: null, state: "passed", plugin, version, digest, findings: [] };
    if (published !== null)
      throw new PatchbayError(
        "version_exists",
        `Version ${version} of "${plugin}" is published with other content. Raise the version.`,
      );
    const held = await submissions.findHeld(plugin, version, digest);
    return held === null ? null : { ...held, submission: held };
  }

  async #check(packageFile: ValidatedPackage, publisher: string): Promise<Finding[]> {
    const script = await scriptOf(packageFile);
    const uiBundle = await uiBundleOf(packageFile);
    const { packages, publishers } = this.#database.registry;
    const { id, name } = packageFile.manifest;
    const known = await packages.find(id);
    const isNew = known === null;
    const isRenamed = known !== null && known.name !== name;
    const checked = {
      packageFile,
      publisher,
      isNew,
      isRenamed,
      script: script?.toString("utf8") ?? null,
      uiBundle: uiBundle?.toString("utf8") ?? null,
      keys: await publishers.listKeys(publisher),
      popular: isNew || isRenamed ? await packages.listPopular(publisher, POPULAR_PACKAGES) : [],
    };
    return await runChecks(checked, this.#world.log);
  }

  async #store(packageFile: ValidatedPackage, path: string): Promise<NewVersion> {
    const { manifest, digest, archiveBytes } = packageFile;
    const documents = await storeDocuments(packageFile, async (content) => {
      const part = createHash("sha256").update(content).digest("hex");
      await this.#database.artifacts.claim(part);
      await this.#artifacts.put(part, content);
      return part;
    });
    await this.#database.artifacts.claim(digest);
    await this.#artifacts.putFile(digest, path);
    const signature = await readSignature(packageFile);
    return {
      manifest,
      digest,
      sizeBytes: archiveBytes,
      ...documents,
      signedBy: signature?.keyId ?? null,
    };
  }

  async #add(stores: Stores, version: NewVersion): Promise<void> {
    await stores.registry.packages.addVersion(version, "community");
  }

  async #audit(
    stores: Stores,
    caller: RegistryCaller,
    action: AuditAction,
    { id, plugin, version, digest }: RegistrySubmission,
  ): Promise<void> {
    await stores.audit.append({
      organizationId: null,
      actor: actorOfCaller(caller),
      action,
      pluginId: plugin,
      detail: { submission: id, version, digest },
    });
  }
}
