/** A document as it was last read. */
export interface KeptDocument {
  readonly etag: string | null;
  readonly readAt: number;
  readonly value: unknown;
}

/** The documents that were asked for last, by their paths. */
export class KeptDocuments {
  readonly #documents = new Map<string, KeptDocument>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  get(path: string): KeptDocument | undefined {
    return this.#documents.get(path);
  }

  put(path: string, document: KeptDocument): void {
    this.#documents.delete(path);
    this.#documents.set(path, document);
    const [oldest] = this.#documents.keys();
    if (this.#documents.size > this.#most && oldest !== undefined) this.#documents.delete(oldest);
  }
}
