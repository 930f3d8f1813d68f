import { PatchbayError } from "@patchbay/protocol";
import type { NeededArtifact } from "../../ports/artifact-index.ts";
import type { ArtifactStore } from "../../ports/artifact-store.ts";
import type { Database } from "../../ports/database.ts";
import type { World } from "../../world.ts";

/** Artifacts that are fetched at the same time: what is small takes a round trip or two, which is mostly waiting. */
const FETCHED_AT_ONCE = 8;
const PROGRESS_EVERY_MS = 5_000;
/** Failures that are told one by one; then only their number. */
const MAX_FAILURES_TOLD = 20;

export interface SynchronizationReport {
  readonly needed: number;
  readonly fetched: number;
  /** Could not be had: their plugins fail when they are called, and no others. */
  readonly failed: number;
}

/** Sees to it that this node has what enabled installations need, so that they start at once and whatever becomes of the store. */
export class ArtifactSynchronization {
  readonly #database: Pick<Database, "artifacts">;
  readonly #artifacts: Pick<ArtifactStore, "pull">;
  readonly #world: Pick<World, "now" | "log">;
  #underWay: Promise<SynchronizationReport> | undefined;

  constructor(
    database: Pick<Database, "artifacts">,
    artifacts: Pick<ArtifactStore, "pull">,
    world: Pick<World, "now" | "log">,
  ) {
    this.#database = database;
    this.#artifacts = artifacts;
    this.#world = world;
  }

  /** One pass; a second call joins the one that is under way. Whatever fails for one artifact is logged, and the rest goes on. */
  run(): Promise<SynchronizationReport> {
    this.#underWay ??= this.#pass().finally(() => {
      this.#underWay = undefined;
    });
    return this.#underWay;
  }

  async #pass(): Promise<SynchronizationReport> {
    const needed = await this.#database.artifacts.listNeeded();
    const progress = { needed: needed.length, seen: 0, fetched: 0, failed: 0, toldAt: this.#world.now() };
    const left = needed.values();
    const work = async () => {
      for (const one of left) await this.#pullOne(one, progress);
    };
    await Promise.all(Array.from({ length: FETCHED_AT_ONCE }, work));
    const report = { needed: needed.length, fetched: progress.fetched, failed: progress.failed };
    if (report.failed > 0)
      this.#world.log.warn({ ...report }, "some artifacts that enabled plugins need could not be had");
    else if (report.fetched > 0)
      this.#world.log.info({ ...report }, "all artifacts that enabled plugins need are here");
    return report;
  }

  async #pullOne(
    { digest, pluginId, version, part }: NeededArtifact,
    progress: { needed: number; seen: number; fetched: number; failed: number; toldAt: Date },
  ): Promise<void> {
    try {
      if ((await this.#artifacts.pull(digest)) === "fetched") progress.fetched += 1;
    } catch (error) {
      progress.failed += 1;
      if (progress.failed <= MAX_FAILURES_TOLD) {
        const reason = error instanceof PatchbayError ? error.code : String(error);
        this.#world.log.warn(
          { plugin: pluginId, version, part, digest, reason },
          "an artifact that an enabled plugin needs could not be had",
        );
      }
    }
    progress.seen += 1;
    this.#tell(progress);
  }

  #tell(progress: { needed: number; seen: number; fetched: number; failed: number; toldAt: Date }): void {
    const now = this.#world.now();
    if (now.getTime() - progress.toldAt.getTime() < PROGRESS_EVERY_MS) return;
    progress.toldAt = now;
    const { toldAt: _toldAt, ...facts } = progress;
    this.#world.log.info(facts, "fetching artifacts that enabled plugins need");
  }
}
