import { createHash, createHmac, hkdfSync, timingSafeEqual } from "node:crypto";

const KEY_BYTES = 32;
const PURPOSE = "patchbay record seal v1";

/**
 * Marks records so that a change which Patchbay did not make is noticed: a database can be written by others than those
 * who know the deployment's secret key. The first key marks, every key is good for checking.
 */
export class RecordSeal {
  readonly #keys: ReadonlyMap<string, Buffer>;
  readonly #current: string;

  /** `secretKeys` are the deployment's, newest first; they are not used themselves, but what is derived from them. */
  constructor(secretKeys: readonly Buffer[]) {
    const derived = secretKeys.map((key) => Buffer.from(hkdfSync("sha256", key, "", PURPOSE, KEY_BYTES)));
    this.#keys = new Map(derived.map((key) => [idOf(key), key]));
    const [first] = this.#keys.keys();
    if (first === undefined) throw new Error("At least one secret key is needed.");
    this.#current = first;
  }

  /** `v1.<key id>.<code in base64url>`. `kind` keeps records of one kind from passing as another. */
  of(kind: string, record: unknown): string {
    return this.#with(this.#current, kind, record) ?? "";
  }

  /** Whether the seal was made for this record. */
  fits(seal: string, kind: string, record: unknown): boolean {
    const [, keyId = ""] = seal.split(".");
    const expected = this.#with(keyId, kind, record);
    if (expected === undefined) return false;
    const [given, wanted] = [Buffer.from(seal), Buffer.from(expected)];
    return given.length === wanted.length && timingSafeEqual(given, wanted);
  }

  #with(keyId: string, kind: string, record: unknown): string | undefined {
    const key = this.#keys.get(keyId);
    if (key === undefined) return undefined;
    const code = createHmac("sha256", key)
      .update(`${kind}\n${canonicalJson(record)}`)
      .digest("base64url");
    return `v1.${keyId}.${code}`;
  }
}

const idOf = (key: Buffer): string =>
  createHash("sha256").update("id:").update(key).digest("hex").slice(0, 8);

/** JSON that does not depend on the order in which fields were set. */
export const canonicalJson = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
