import { createHash } from "node:crypto";
import { decodePublicKey, type PackageSignature, parseSignature, verifySignature } from "@patchbay/artifact";
import { PatchbayError } from "@patchbay/protocol";

/** Signatures that are remembered, each with some hundred bytes for a usual package. */
const MAX_REMEMBERED = 5_000;

/** Reads and verifies signatures, each once: a list of plugins asks for the same ones again and again. */
export class SignatureCache {
  readonly #parsed = new Map<string, PackageSignature | null>();
  readonly #verified = new WeakMap<PackageSignature, Map<string, boolean>>();

  /** null for what is no signature. The same text gives the same object while it is remembered. */
  parse(envelope: string): PackageSignature | null {
    const key = createHash("sha256").update(envelope).digest("base64");
    const known = this.#parsed.get(key);
    if (known !== undefined) return known;
    const parsed = parseOrNull(envelope);
    this.#parsed.set(key, parsed);
    const oldest = this.#parsed.size > MAX_REMEMBERED ? this.#parsed.keys().next().value : undefined;
    if (oldest !== undefined) this.#parsed.delete(oldest);
    return parsed;
  }

  /** Whether the signature is by this key: SPKI in DER, base64. */
  verify(signature: PackageSignature, publicKey: string): boolean {
    const verdicts = this.#verified.get(signature) ?? new Map<string, boolean>();
    this.#verified.set(signature, verdicts);
    const known = verdicts.get(publicKey);
    if (known !== undefined) return known;
    const verdict = verifySignature(signature, decodePublicKey(publicKey));
    verdicts.set(publicKey, verdict);
    return verdict;
  }
}

const parseOrNull = (envelope: string): PackageSignature | null => {
  try {
    return parseSignature(Buffer.from(envelope));
  } catch (error) {
    if (error instanceof PatchbayError) return null;
    throw error;
  }
};
