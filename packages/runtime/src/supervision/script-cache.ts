import { SCRIPT_CACHE_BYTES } from "../limits.ts";

/** Scripts of recent starts by digest, as the bytes that go through the pipe. */
export class ScriptCache {
  readonly #load: (digest: string) => Promise<string>;
  readonly #scripts = new Map<string, Uint8Array>();
  #bytes = 0;

  constructor(load: (digest: string) => Promise<string>) {
    this.#load = load;
  }

  /** Throws what loading throws. */
  async get(digest: string): Promise<Uint8Array> {
    const found = this.#scripts.get(digest);
    if (found !== undefined) {
      // Moved to the end: the first is the one that was not used for longest.
      this.#scripts.delete(digest);
      this.#scripts.set(digest, found);
      return found;
    }
    const script = Buffer.from(await this.#load(digest));
    if (!this.#scripts.has(digest)) {
      this.#scripts.set(digest, script);
      this.#bytes += script.length;
    }
    for (const [oldest, { length }] of this.#scripts) {
      if (this.#bytes <= SCRIPT_CACHE_BYTES) break;
      this.#scripts.delete(oldest);
      this.#bytes -= length;
    }
    return script;
  }
}
