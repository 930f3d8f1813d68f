import { CACHE_KEPT_PART } from "./limits.ts";
import type { LocalArtifactStore } from "./local-artifact-store.ts";
import type { S3Bucket } from "./s3-bucket.ts";

/** Keeps a folder of copies within a number of bytes. Drops only what the bucket has. */
export class ArtifactCache {
  readonly #local: LocalArtifactStore;
  readonly #bucket: Pick<S3Bucket, "sizeOf">;
  readonly #maxBytes: number;
  readonly #pins = new Map<string, number>();
  /** Bytes in the folder, or a little more: what is stored twice counts twice. Unknown until the first is added. */
  #bytes: number | undefined;
  #trimming: Promise<void> | undefined;

  constructor(local: LocalArtifactStore, bucket: Pick<S3Bucket, "sizeOf">, maxBytes: number) {
    this.#local = local;
    this.#bucket = bucket;
    this.#maxBytes = maxBytes;
  }

  /** Keeps the copy of an artifact until the returned function is called. */
  pin(digest: string): () => void {
    this.#pins.set(digest, (this.#pins.get(digest) ?? 0) + 1);
    let isPinned = true;
    return () => {
      if (!isPinned) return;
      isPinned = false;
      const left = (this.#pins.get(digest) ?? 1) - 1;
      if (left === 0) this.#pins.delete(digest);
      else this.#pins.set(digest, left);
    };
  }

  /** To be told of every copy that is stored. Makes room when there is too much, sparing this one. */
  async added(digest: string): Promise<void> {
    if (this.#bytes === undefined) this.#bytes = await this.#measure();
    else this.#bytes += (await this.#local.sizeOf(digest)) ?? 0;
    if (this.#bytes <= this.#maxBytes) return;
    const unpin = this.pin(digest);
    this.#trimming ??= this.#trim().finally(() => {
      this.#trimming = undefined;
    });
    await this.#trimming.finally(unpin);
  }

  async #measure(): Promise<number> {
    return (await this.#local.list()).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  }

  async #trim(): Promise<void> {
    const copies = (await this.#local.list()).sort((a, b) => a.usedAt - b.usedAt);
    let bytes = copies.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    for (const { digest, sizeBytes } of copies) {
      if (bytes <= this.#maxBytes * CACHE_KEPT_PART) break;
      if (this.#pins.has(digest)) continue;
      const stored = await this.#bucket.sizeOf(digest).catch(() => "unknown" as const);
      if (stored === "unknown") break;
      if (stored !== sizeBytes) continue;
      await this.#local.remove(digest);
      bytes -= sizeBytes;
    }
    this.#bytes = bytes;
  }
}
