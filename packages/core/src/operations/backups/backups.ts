import { writeBackup } from "@patchbay/artifact";
import { PatchbayError } from "@patchbay/protocol";
import { requireDeploymentAdmin } from "../../access/authority.ts";
import type { Principal } from "../../access/caller.ts";
import type { ArtifactStore } from "../../ports/artifact-store.ts";
import type { Database } from "../../ports/database.ts";
import type { DatabaseSnapshot } from "../../ports/database-snapshot.ts";
import type { World } from "../../world.ts";

/** The whole deployment as one file, without its secret keys. */
export class Backups {
  readonly #database: Database;
  readonly #artifacts: Pick<ArtifactStore, "read">;
  readonly #world: World;

  constructor(database: Database, artifacts: Pick<ArtifactStore, "read">, world: World) {
    this.#database = database;
    this.#artifacts = artifacts;
    this.#world = world;
  }

  /**
   * The bytes of a backup of this moment. Holds a connection to the database until they have been read, or been returned early.
   * Throws `forbidden` unless the caller administers the deployment.
   */
  async make(principal: Principal): Promise<AsyncIterable<Uint8Array> & AsyncDisposable> {
    requireDeploymentAdmin(principal);
    const snapshot = await this.#database.snapshot();
    const bytes = this.#write(snapshot);
    return {
      [Symbol.asyncIterator]: () => bytes,
      [Symbol.asyncDispose]: () => snapshot.close(),
    };
  }

  async *#write(snapshot: DatabaseSnapshot): AsyncGenerator<Uint8Array> {
    try {
      yield* writeBackup({
        manifest: {
          backupVersion: 1,
          patchbayVersion: this.#world.patchbayVersion,
          createdAt: this.#world.now().toISOString(),
          ...snapshot.form,
        },
        digests: snapshot.digests,
        rows: (table) => snapshot.rows(table),
        artifact: (digest) => this.#artifact(digest),
      });
    } catch (error) {
      this.#world.log.warn({ err: error }, "a backup was not finished");
      throw error;
    } finally {
      await snapshot.close();
    }
  }

  /** What is lost already must not be in the way of saving the rest. */
  async #artifact(digest: string): Promise<Uint8Array | null> {
    try {
      return await this.#artifacts.read(digest);
    } catch (error) {
      const isLost =
        error instanceof PatchbayError &&
        (error.code === "artifact_missing" || error.code === "artifact_corrupt");
      if (!isLost) throw error;
      this.#world.log.warn({ digest, code: error.code }, "an artifact could not be put into a backup");
      return null;
    }
  }
}
