/** A document as it was last read. */
export interface KeptDocument {
  readonly etag: string | null;
  readonly readAt: number;
  readonly value: unknown;
  /** Size as it came. */
  readonly bytes: number;
}

/** The documents that were asked for last, by their paths: at most so many, with so many bytes together. */
export class KeptDocuments {
  readonly #documents = new Map<string, KeptDocument>();
  readonly #most: number;
  readonly #mostBytes: number;
  #bytes = 0;

  constructor(most: number, mostBytes: number) {
    this.#most = most;
    this.#mostBytes = mostBytes;
  }

  get(path: string): KeptDocument | undefined {
    return this.#documents.get(path);
  }

  put(path: string, document: KeptDocument): void {
    this.#remove(path);
    this.#documents.set(path, document);
    this.#bytes += document.bytes;
    for (const oldest of this.#documents.keys()) {
      if (this.#documents.size <= this.#most && this.#bytes <= this.#mostBytes) return;
      this.#remove(oldest);
    }
  }

  #remove(path: string): void {
    this.#bytes -= this.#documents.get(path)?.bytes ?? 0;
    this.#documents.delete(path);
  }
}
