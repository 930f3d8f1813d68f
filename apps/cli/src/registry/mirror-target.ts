/** Where a mirror is written to. Paths are those below `registry/v1/`. */
export interface MirrorTarget {
  /** Puts the file there whole, in place of what was there. */
  write(path: string, content: Buffer): Promise<void>;
  /** Whether these very bytes are there. */
  has(path: string, digest: string, size: number): Promise<boolean>;
}
