import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ArtifactStore } from "@patchbay/core";
import { PatchbayError } from "@patchbay/protocol";
import { ArtifactCache } from "./artifact-cache.ts";
import { corruptArtifact, isCorrupt, requireDigest } from "./artifacts.ts";
import { MAX_CACHE_BYTES, SHARED_AT_ONCE } from "./limits.ts";
import type { LocalArtifactStore } from "./local-artifact-store.ts";
import type { S3Bucket } from "./s3-bucket.ts";

/**
 * Artifacts in a bucket, with copies in a local folder: whatever is read comes into the folder, is checked there and is read from
 * there, so that what a node has used goes on working when S3 does not. Until `attach` succeeds the folder is the store.
 */
export class S3ArtifactStore implements ArtifactStore {
  readonly #bucket: S3Bucket;
  readonly #local: LocalArtifactStore;
  readonly #cache: ArtifactCache;
  readonly #givesAddresses: boolean;
  readonly #fetching = new Map<string, Promise<void>>();
  #isAttached = false;

  constructor(
    bucket: S3Bucket,
    local: LocalArtifactStore,
    options: { maxCacheBytes?: number; givesAddresses?: boolean } = {},
  ) {
    this.#bucket = bucket;
    this.#local = local;
    this.#cache = new ArtifactCache(local, bucket, options.maxCacheBytes ?? MAX_CACHE_BYTES);
    this.#givesAddresses = options.givesAddresses ?? true;
  }

  get isAttached(): boolean {
    return this.#isAttached;
  }

  /** From now on the bucket is the store. Throws `artifact_store_refused` or `artifact_store_unavailable` when it cannot be. */
  async attach(): Promise<void> {
    await this.#bucket.check();
    this.#isAttached = true;
  }

  /** Brings those of the artifacts that only the folder has to the bucket. Returns how many. */
  async share(digests: Iterable<string>): Promise<number> {
    const there = await this.#bucket.list();
    const absent = [...new Set(digests)].filter((digest) => !there.has(digest)).values();
    let shared = 0;
    const work = async () => {
      for (const digest of absent) if (await this.#shareOne(digest)) shared += 1;
    };
    await Promise.all(Array.from({ length: SHARED_AT_ONCE }, work));
    return shared;
  }

  /** Throws `artifact_corrupt` when the file does not have the digest. */
  async putFile(digest: string, path: string): Promise<void> {
    if (!this.#isAttached) return await this.#local.putFile(digest, path);
    const hash = createHash("sha256");
    await pipeline(createReadStream(path), hash);
    if (hash.digest("hex") !== requireDigest(digest)) throw corruptArtifact(digest);
    await this.#bucket.putFile(digest, path);
    await this.#local.putFile(digest, path);
    await this.#cache.added(digest);
  }

  /** Throws `artifact_corrupt` when the bytes do not have the digest. */
  async put(digest: string, bytes: Uint8Array): Promise<void> {
    if (!this.#isAttached) return await this.#local.put(digest, bytes);
    const found = createHash("sha256").update(bytes).digest("hex");
    if (found !== requireDigest(digest)) throw corruptArtifact(digest);
    await this.#bucket.put(digest, bytes);
    await this.#local.put(digest, bytes);
    await this.#cache.added(digest);
  }

  async has(digest: string): Promise<boolean> {
    if (await this.#local.has(digest)) return true;
    return this.#isAttached && (await this.#bucket.sizeOf(digest)) !== null;
  }

  async read(digest: string): Promise<Buffer> {
    return await this.#mended(digest, () => this.#local.read(digest));
  }

  async open(
    digest: string,
    range?: { start: number; end: number },
  ): Promise<{ stream: Readable; sizeBytes: number }> {
    await this.pull(digest);
    const opened = await this.#local.open(digest, range);
    // The next reader gets it from the bucket.
    opened.stream.once("error", (error) => {
      if (isCorrupt(error) && this.#isAttached) void this.#local.remove(digest).catch(() => undefined);
    });
    return opened;
  }

  /** The copy stays until `release`, however full the folder is. */
  async localFile(digest: string): Promise<{ path: string; release(): Promise<void> }> {
    const unpin = this.#cache.pin(digest);
    try {
      const { path } = await this.#mended(digest, () => this.#local.localFile(digest));
      return { path, release: async () => unpin() };
    } catch (error) {
      unpin();
      throw error;
    }
  }

  async pull(digest: string): Promise<"here" | "fetched"> {
    if (await this.#local.has(digest)) {
      await this.#local.touch(digest);
      return "here";
    }
    if (!this.#isAttached) return await this.#local.pull(digest);
    await this.#fetch(digest);
    return "fetched";
  }

  /** null also when the bucket cannot be asked or has no such artifact: then this server tells what is the matter. */
  async addressOf(digest: string, as: { fileName: string; mediaType: string }): Promise<URL | null> {
    requireDigest(digest);
    if (!this.#isAttached || !this.#givesAddresses) return null;
    try {
      return (await this.#bucket.sizeOf(digest)) === null ? null : await this.#bucket.addressOf(digest, as);
    } catch (error) {
      if (error instanceof PatchbayError) return null;
      throw error;
    }
  }

  /** Throws `artifact_store_unavailable` as long as the bucket is not attached: it may hold the bytes. */
  async remove(digest: string): Promise<void> {
    requireDigest(digest);
    if (!this.#isAttached)
      throw new PatchbayError("artifact_store_unavailable", "The artifact store is not in use yet.");
    await this.#bucket.remove(digest);
    await this.#local.remove(digest);
  }

  close(): void {
    this.#bucket.close();
  }

  /** A copy that is missing or damaged is fetched, once. */
  async #mended<T>(digest: string, read: () => Promise<T>): Promise<T> {
    await this.pull(digest);
    try {
      return await read();
    } catch (error) {
      if (!this.#isAttached || !isCorrupt(error)) throw error;
      await this.#fetch(digest);
      return await read();
    }
  }

  /** Many that ask at once wait for one transfer. */
  #fetch(digest: string): Promise<void> {
    const underWay = this.#fetching.get(digest);
    if (underWay !== undefined) return underWay;
    const fetching = this.#fetchOnce(digest).finally(() => this.#fetching.delete(digest));
    this.#fetching.set(digest, fetching);
    return fetching;
  }

  async #fetchOnce(digest: string): Promise<void> {
    await this.#local.putStream(digest, await this.#bucket.get(digest));
    await this.#cache.added(digest);
  }

  async #shareOne(digest: string): Promise<boolean> {
    if (!(await this.#local.has(digest))) return false;
    try {
      const { path } = await this.#local.localFile(digest);
      await this.#bucket.putFile(digest, path);
      return true;
    } catch (error) {
      if (isCorrupt(error)) return false;
      throw error;
    }
  }
}
