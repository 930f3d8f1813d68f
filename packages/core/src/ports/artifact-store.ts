import type { Readable } from "node:stream";

/** Bytes by their SHA-256 (hex). What is stored never changes. */
export interface ArtifactStore {
  /** Stores the file at `path`, whose digest is known, and leaves the file where it is. Storing it again is a no-op. */
  putFile(digest: string, path: string): Promise<void>;
  put(digest: string, bytes: Uint8Array): Promise<void>;
  has(digest: string): Promise<boolean>;
  /** All bytes, checked. Throws `artifact_missing` or `artifact_corrupt`. */
  read(digest: string): Promise<Buffer>;
  /**
   * The bytes as a stream, optionally a range (`start`, `end` inclusive). A whole read is checked as it passes: the
   * stream fails with `artifact_corrupt` instead of ending. Throws `artifact_missing`.
   */
  open(
    digest: string,
    range?: { start: number; end: number },
  ): Promise<{ stream: Readable; sizeBytes: number }>;
  /** The artifact as a file on this machine, checked. `release` when done. Throws `artifact_missing` or `artifact_corrupt`. */
  localFile(digest: string): Promise<{ path: string; release(): Promise<void> }>;
}
