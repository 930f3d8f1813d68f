export interface MemoryNamespace {
  /** Without the plugin's prefix. */
  readonly name: string;
  readonly description?: string;
}

export interface MemoryEntry {
  readonly id: string;
  readonly namespace: string;
  readonly text: string;
  readonly data?: unknown;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface MemoryHit extends MemoryEntry {
  /** 0 (unrelated) to 1 (the same). */
  readonly score: number;
}

/**
 * The plugin's own memory, in namespaces. Reading needs `memory.read`, writing `memory.write`, `extract` and
 * `consolidate` need `memory.extract`. Throws `PermissionDeniedError` without, and `NotAvailableError` in this version.
 */
export interface MemoryApi {
  createNamespace(namespace: MemoryNamespace): Promise<MemoryNamespace>;
  listNamespaces(): Promise<readonly MemoryNamespace[]>;
  updateNamespace(name: string, change: { readonly description?: string }): Promise<MemoryNamespace>;
  /** Removes the namespace with its entries. */
  deleteNamespace(name: string): Promise<boolean>;
  createEntry(
    namespace: string,
    entry: { readonly text: string; readonly data?: unknown },
  ): Promise<MemoryEntry>;
  readEntry(namespace: string, id: string): Promise<MemoryEntry | undefined>;
  updateEntry(
    namespace: string,
    id: string,
    change: { readonly text?: string; readonly data?: unknown },
  ): Promise<MemoryEntry>;
  deleteEntry(namespace: string, id: string): Promise<boolean>;
  /** The entries nearest in meaning, best first. */
  search(
    namespace: string,
    query: string,
    options?: { readonly limit?: number },
  ): Promise<readonly MemoryHit[]>;
  /** Entries that a model finds worth keeping in `text`; they are stored. */
  extract(namespace: string, text: string): Promise<readonly MemoryEntry[]>;
  /** Merges entries that say the same. */
  consolidate(namespace: string): Promise<{ readonly merged: number }>;
}
