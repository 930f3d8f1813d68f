/** A page of what is stored. `cursor` is absent on the last page. */
export interface StoragePage {
  readonly items: readonly StorageItem[];
  readonly cursor?: string;
}

export interface StorageItem {
  /** The key, or the path of a file. */
  readonly key: string;
  /** Size in bytes; of a value, as JSON. */
  readonly bytes: number;
  /** ISO 8601, UTC. */
  readonly updatedAt: string;
}

export interface StorageListOptions {
  readonly prefix?: string;
  /** At most this many, 1 to 1000; 100 unless told. */
  readonly limit?: number;
  /** From the page before. */
  readonly cursor?: string;
}

export interface StoredFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly contentType: string | undefined;
}

/**
 * The plugin's own space in this organization: values by key, and files by path. It survives updates and ends with the
 * installation. Needs `storage.scoped`, without which every method throws `PermissionDeniedError`.
 */
export interface StorageApi {
  /** The value stored at `key` (at most 512 bytes), or undefined when there is none. */
  get<T = unknown>(key: string): Promise<T | undefined>;
  /** Stores a JSON value of at most 1 MiB. Throws `QuotaExceededError` when the plugin's 256 MiB are used up. */
  set(key: string, value: unknown): Promise<void>;
  /** Whether there was a value. */
  delete(key: string): Promise<boolean>;
  /** A page of keys in their order. */
  list(options?: StorageListOptions): Promise<StoragePage>;
  readonly files: StorageFilesApi;
}

export interface StorageFilesApi {
  /** The file at `path`, or undefined when there is none. */
  read(path: string): Promise<StoredFile | undefined>;
  /** Stores at most 16 MiB; text is stored in UTF-8. Throws `QuotaExceededError`. */
  write(
    path: string,
    content: Uint8Array | string,
    options?: { readonly contentType?: string },
  ): Promise<void>;
  /** Whether there was a file. */
  delete(path: string): Promise<boolean>;
  /** A page of paths in their order. */
  list(options?: StorageListOptions): Promise<StoragePage>;
}
