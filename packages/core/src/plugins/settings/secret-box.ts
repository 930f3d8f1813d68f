import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes } from "node:crypto";

const CIPHER = "aes-256-gcm";
const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Encrypts secrets at rest with AES-256-GCM. The first key encrypts, every key decrypts: put a new one in front to
 * rotate. `context` binds a ciphertext to its place, so that it cannot be moved to another setting.
 */
export class SecretBox {
  readonly #keys: ReadonlyMap<string, Buffer>;
  readonly #current: { id: string; key: Buffer };

  /** Throws when there is no key or one that is not 32 bytes long. */
  constructor(keys: readonly Buffer[]) {
    const [first] = keys;
    if (first === undefined) throw new Error("At least one secret key is needed.");
    for (const key of keys)
      if (key.length !== KEY_BYTES)
        throw new Error(`A secret key has ${KEY_BYTES} bytes, not ${key.length}.`);
    this.#keys = new Map(keys.map((key) => [keyId(key), key]));
    this.#current = { id: keyId(first), key: first };
  }

  /** `v1.<key id>.<iv, ciphertext and tag in base64url>` */
  seal(plaintext: string, context: string): string {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv(CIPHER, this.#current.key, iv).setAAD(Buffer.from(context));
    const sealed = Buffer.concat([iv, cipher.update(plaintext, "utf8"), cipher.final(), cipher.getAuthTag()]);
    return `v1.${this.#current.id}.${sealed.toString("base64url")}`;
  }

  /** Throws when the key is unknown, or the text was changed or belongs to another context. */
  open(sealed: string, context: string): string {
    const [version, id, body] = sealed.split(".");
    const key = this.#keys.get(id ?? "");
    if (version !== "v1" || key === undefined || body === undefined) {
      throw new Error("A stored secret was encrypted with a key that PATCHBAY_SECRET_KEY no longer lists.");
    }
    const bytes = Buffer.from(body, "base64url");
    // Without a length a cut-off text would bring a shorter tag, which is easier to guess.
    const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(context));
    decipher.setAuthTag(bytes.subarray(bytes.length - TAG_BYTES));
    const plain = [decipher.update(bytes.subarray(IV_BYTES, bytes.length - TAG_BYTES)), decipher.final()];
    return Buffer.concat(plain).toString("utf8");
  }

  /** A stable opaque name for something secret, that tells nothing about it. Hex, 40 characters. */
  name(of: string): string {
    return createHmac("sha256", this.#current.key).update(`name:${of}`).digest("hex").slice(0, 40);
  }
}

const keyId = (key: Buffer): string =>
  createHash("sha256").update("id:").update(key).digest("hex").slice(0, 8);
