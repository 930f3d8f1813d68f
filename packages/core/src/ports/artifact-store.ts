import type { Readable } from "node:stream";

/**
 * Bytes by their SHA-256 (hex). What is stored never changes. A store on another machine throws besides what is said below
 * `artifact_store_unavailable` and `artifact_store_refused`.
 */
export interface ArtifactStore {
  /** Stores the file at `path`, whose digest is known, and leaves the file where it is. Storing it again is a no-op. */
  putFile(digest: string, path: string): Promise<void>;
  put(digest: string, bytes: Uint8Array): Promise<void>;
  has(digest: string): Promise<boolean>;
  /** All bytes, checked. Throws `artifact_missing` or `artifact_corrupt`. */
  read(digest: string): Promise<Buffer>;
  /**
   * The bytes as a stream, optionally a range (`start`, `end` inclusive). A whole read is checked as it passes: the
   * stream fails with `artifact_corrupt` instead of ending. Throws `artifact_missing`, and `artifact_corrupt` where that is
   * noticed beforehand.
   */
  open(
    digest: string,
    range?: { start: number; end: number },
  ): Promise<{ stream: Readable; sizeBytes: number }>;
  /** The artifact as a file on this machine, checked. `release` when done. Throws `artifact_missing` or `artifact_corrupt`. */
  localFile(digest: string): Promise<{ path: string; release(): Promise<void> }>;
  /**
   * Makes sure that this node has a copy that outlasts a failure of the store. Tells whether it had to be fetched. Throws
   * `artifact_missing` or `artifact_corrupt`.
   */
  pull(digest: string): Promise<"here" | "fetched">;
  /**
   * An address from which anybody can fetch the artifact for a short time, under this name and type; null when it is to be had
   * through this server only.
   */
  addressOf(digest: string, as: { fileName: string; mediaType: string }): Promise<URL | null>;
  /** Deletes the bytes, if they are there. */
  remove(digest: string): Promise<void>;
}
