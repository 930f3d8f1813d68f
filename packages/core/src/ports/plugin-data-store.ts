import type { StorageList } from "@patchbay/protocol";

export interface StoredFile {
  readonly bytes: Uint8Array;
  readonly contentType: string | null;
}

export interface ListOptions {
  readonly prefix?: string;
  readonly limit: number;
  readonly cursor?: string;
}

/** What an installation stores; bytes of all of it. */
export interface DataUsage {
  readonly values: number;
  readonly files: number;
  readonly conversations: number;
  readonly memories: number;
  readonly bytes: number;
}

/** The space of one installation: values by key, and files by path. Both count towards one quota. */
export interface PluginDataStore {
  /** The stored JSON value; undefined when there is none (null is a value). */
  get(installationId: string, key: string): Promise<unknown>;
  /** Throws `quota_exceeded` when all of the installation's data would be more than `quotaBytes`. */
  set(installationId: string, key: string, value: unknown, quotaBytes: number): Promise<void>;
  /** Whether there was one. */
  delete(installationId: string, key: string): Promise<boolean>;
  /** By key. */
  list(installationId: string, options: ListOptions): Promise<StorageList>;

  readFile(installationId: string, path: string): Promise<StoredFile | null>;
  /** Throws `quota_exceeded`. */
  writeFile(installationId: string, path: string, file: StoredFile, quotaBytes: number): Promise<void>;
  deleteFile(installationId: string, path: string): Promise<boolean>;
  listFiles(installationId: string, options: ListOptions): Promise<StorageList>;

  /** What uninstalling would remove. */
  usage(installationId: string): Promise<DataUsage>;
}
