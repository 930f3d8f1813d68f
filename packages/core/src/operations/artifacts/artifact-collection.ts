import { SYSTEM_ACTOR } from "../../access/caller.ts";
import type { ArtifactStore } from "../../ports/artifact-store.ts";
import type { Database } from "../../ports/database.ts";
import type { World } from "../../world.ts";

/** Of each plugin this many of the newest versions stay, whether anybody uses them or not. */
const KEPT_VERSIONS = 3;
/** What came within a day stays: an upload may be under way, or an old version be wanted that was just added. */
const GRACE_MS = 24 * 3_600_000;
/** In one pass; the next one is minutes away. */
const VERSIONS_PER_PASS = 200;
const ARTIFACTS_PER_PASS = 200;

/** What a pass came to; with `dryRun` what it would have come to. */
export interface CollectionReport {
  readonly versions: number;
  readonly artifacts: number;
  readonly dryRun: boolean;
}

/**
 * Removes versions that are neither among the newest of their plugin nor installed nor what an installation can go back to,
 * and bytes that no row names any more. The first pass of a process only counts, so that its log tells beforehand what will go.
 */
export class ArtifactCollection {
  readonly #database: Database;
  readonly #artifacts: ArtifactStore;
  readonly #world: World;
  #hasCounted = false;

  constructor(database: Database, artifacts: ArtifactStore, world: World) {
    this.#database = database;
    this.#artifacts = artifacts;
    this.#world = world;
  }

  /** Safe at any time and on any number of nodes. Throws `artifact_store_*` when bytes cannot be removed; they go the next time. */
  async run(): Promise<CollectionReport> {
    const before = new Date(this.#world.now().getTime() - GRACE_MS);
    const dryRun = !this.#hasCounted;
    const report = dryRun ? await this.#count(before) : await this.#remove(before);
    this.#hasCounted = true;
    if (report.versions + report.artifacts > 0)
      this.#world.log.info(
        { ...report },
        dryRun
          ? "old versions and artifacts that nothing needs will be removed"
          : "old versions and artifacts that nothing needs were removed",
      );
    return report;
  }

  async #count(before: Date): Promise<CollectionReport> {
    const { catalog, artifacts } = this.#database;
    return {
      versions: await catalog.countSuperseded(KEPT_VERSIONS, before),
      artifacts: await artifacts.countUnreferenced(before),
      dryRun: true,
    };
  }

  async #remove(before: Date): Promise<CollectionReport> {
    const versions = await this.#removeVersions(before);
    const remove = (digest: string) => this.#artifacts.remove(digest);
    const artifacts = await this.#database.artifacts.collect(before, ARTIFACTS_PER_PASS, remove);
    return { versions, artifacts, dryRun: false };
  }

  async #removeVersions(before: Date): Promise<number> {
    return await this.#database.transaction(async ({ catalog, audit }) => {
      const removed = await catalog.removeSuperseded(KEPT_VERSIONS, before, VERSIONS_PER_PASS);
      for (const { organizationId, pluginId, version, digest } of removed)
        await audit.append({
          organizationId,
          actor: SYSTEM_ACTOR,
          action: "package.removed",
          pluginId,
          detail: { version, digest, reason: `Not in use, nor among the newest ${KEPT_VERSIONS}.` },
        });
      return removed.length;
    });
  }
}
