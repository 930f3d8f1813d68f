import type { BackupManifestDto } from "@patchbay/protocol";

/** What the database holds at one moment, whatever happens to it meanwhile. */
export interface DatabaseSnapshot {
  readonly form: Pick<BackupManifestDto, "migrations" | "secretKeys" | "tables" | "counters">;
  /** Digests of all artifacts that rows name, each once, in their order. */
  readonly digests: readonly string[];
  /** The rows of one table of `form` as lines of text. To be read to the end, one table after the other. */
  rows(table: string): AsyncIterable<Uint8Array>;
  /** Must be called. May be called more than once, and while rows are coming. */
  close(): Promise<void>;
}
