import { setTimeout as sleep } from "node:timers/promises";
import type { ArtifactIndex, ArtifactStore } from "@patchbay/core";
import { PatchbayError } from "@patchbay/protocol";
import { LocalArtifactStore, S3_TIMES, S3ArtifactStore, S3Bucket } from "@patchbay/storage-objects";
import type { Logger } from "pino";
import type { S3Configuration } from "../config/s3-configuration.ts";

/** How long a start waits for S3; after that it goes on without, and S3 is taken into use when it answers. */
const ATTACH_WAIT_MS = 5_000;
/** How often S3 is tried again until it is in use and has what only this node's folder had. */
const RETRY_EVERY_MS = 15_000;

/** A stop does not wait longer for a server that does not answer. */
const CLOSE_WAIT_MS = 2_000;

export interface ServerArtifacts {
  readonly store: ArtifactStore;
  /** Stops trying, and ends connections. */
  close(): Promise<void>;
}

/**
 * The artifact store: the data folder, or S3 with the folder for copies. Whatever is wrong with S3 at this time is logged and stops
 * nothing: until it can be used the folder is the store, and what it got meanwhile is brought to S3 then.
 */
export const openArtifacts = async (
  folder: string,
  s3: S3Configuration | null,
  index: Pick<ArtifactIndex, "listReferenced">,
  log: Logger,
): Promise<ServerArtifacts> => {
  const local = await LocalArtifactStore.open(folder);
  if (s3 === null) return { store: local, close: async () => undefined };
  const late: { connection?: Connection } = {};
  const bucket = await S3Bucket.open(s3, S3_TIMES, (fault) => late.connection?.heard(fault));
  const store = new S3ArtifactStore(bucket, local, { givesAddresses: s3.redirects });
  const connection = new Connection(store, s3, index, log);
  late.connection = connection;
  await connection.start();
  return { store, close: () => connection.close() };
};

class Connection {
  readonly #store: S3ArtifactStore;
  readonly #where: { readonly bucket: string; readonly endpoint: string };
  readonly #index: Pick<ArtifactIndex, "listReferenced">;
  readonly #log: Logger;
  #timer: NodeJS.Timeout | undefined;
  #attempt: Promise<void> = Promise.resolve();
  /** What was logged last, so that it is logged once. */
  #reason = "";
  #isFailing = false;
  #isClosed = false;

  constructor(
    store: S3ArtifactStore,
    { bucket, endpoint }: S3Configuration,
    index: Pick<ArtifactIndex, "listReferenced">,
    log: Logger,
  ) {
    this.#store = store;
    this.#where = { bucket, endpoint: endpoint ?? "Amazon S3" };
    this.#index = index;
    this.#log = log;
  }

  async start(): Promise<void> {
    const attaching = this.#attach();
    this.#attempt = attaching.then(() => this.#share());
    await Promise.race([attaching, sleep(ATTACH_WAIT_MS, undefined, { ref: false })]);
    if (!this.#store.isAttached && this.#reason === "")
      this.#warn("artifact_store_unavailable", "No answer yet.");
  }

  /** How a request to S3 ended, whoever made it: the log tells when it fails, and when it is over. */
  heard(fault: PatchbayError | null): void {
    if (!this.#store.isAttached || this.#isClosed) return;
    if (fault === null) {
      if (this.#isFailing) this.#log.info(this.#where, "S3 answers again");
      this.#isFailing = false;
    } else {
      const { code, message: reason } = fault;
      if (!this.#isFailing)
        this.#log.warn({ ...this.#where, code, reason }, "S3 fails; what is installed goes on from copies");
      this.#isFailing = true;
    }
  }

  /** Waits a little for what is under way; what is cut off is done again after the next start. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#store.close();
    await Promise.race([this.#attempt, sleep(CLOSE_WAIT_MS, undefined, { ref: false })]);
  }

  async #attach(): Promise<void> {
    if (this.#store.isAttached) return;
    try {
      await this.#store.attach();
      this.#log.info(this.#where, "packages are kept in S3");
    } catch (error) {
      this.#failed(error);
    }
  }

  async #share(): Promise<void> {
    if (this.#store.isAttached && !this.#isClosed) {
      try {
        const shared = await this.#store.share(await this.#index.listReferenced());
        if (shared > 0)
          this.#log.info({ ...this.#where, shared }, "artifacts that only this node had were brought to S3");
        return;
      } catch (error) {
        this.#failed(error);
      }
    }
    this.#tryAgain();
  }

  #tryAgain(): void {
    if (this.#isClosed) return;
    this.#timer = setTimeout(() => {
      this.#attempt = this.#attach().then(() => this.#share());
    }, RETRY_EVERY_MS);
  }

  #failed(error: unknown): void {
    if (this.#isClosed) return;
    if (error instanceof PatchbayError) this.#warn(error.code, error.message);
    else this.#log.error({ ...this.#where, err: error }, "S3 could not be taken into use");
  }

  #warn(code: string, reason: string): void {
    if (this.#reason === reason) return;
    this.#reason = reason;
    const facts = { ...this.#where, code, reason };
    if (this.#store.isAttached)
      this.#log.warn(facts, "artifacts could not be brought to S3 and will be later");
    else this.#log.warn(facts, "S3 cannot be used; until it can, packages are kept in the data folder");
  }
}
