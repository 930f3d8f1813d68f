import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from "node:crypto";
import { PatchbayError } from "@patchbay/protocol";

/** An Ed25519 key in SPKI form is this long, always. */
const SPKI_BYTES = 44;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** An Ed25519 key as it is told to others. */
export interface PublicKey {
  /** SHA-256 of the key's SPKI DER form, hex. */
  readonly keyId: string;
  /** SPKI in DER, base64. */
  readonly publicKey: string;
}

/** Bytes of their one base64 form; undefined for anything else, which a lenient decoder would take. */
export function decodeBase64(text: string): Buffer | undefined {
  if (!BASE64.test(text)) return undefined;
  const bytes = Buffer.from(text, "base64");
  return bytes.toString("base64") === text ? bytes : undefined;
}

/** A new key pair: the private key as PEM (PKCS #8, encrypted when there is a passphrase), the public one as PEM too. */
export function generateKeyPair(passphrase?: string): PublicKey & {
  readonly privateKeyPem: string;
  readonly publicKeyPem: string;
} {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const secrecy = passphrase === undefined ? {} : { cipher: "aes-256-cbc", passphrase };
  const privateKeyPem = privateKey.export({ type: "pkcs8", format: "pem", ...secrecy }).toString();
  return { privateKeyPem, publicKeyPem: formatPem(publicKey), ...describePublicKey(publicKey) };
}

/** Reads a key as `generateKeyPair` writes it. Throws `key_invalid`, also for a wrong or missing passphrase. */
export function readPrivateKey(pem: string, passphrase?: string): KeyObject {
  if (passphrase === undefined && pem.includes("BEGIN ENCRYPTED PRIVATE KEY"))
    throw invalid("The private key is encrypted: give its passphrase.");
  try {
    const key = createPrivateKey(
      passphrase === undefined ? { key: pem, format: "pem" } : { key: pem, format: "pem", passphrase },
    );
    return requireEd25519(key);
  } catch (cause) {
    if (cause instanceof PatchbayError) throw cause;
    throw invalid(
      passphrase === undefined
        ? "This is not a private key in PEM form."
        : "The private key cannot be read: it is none, or the passphrase is wrong.",
      cause,
    );
  }
}

/** Reads a public key in PEM form, or of a private key in PEM form its public one. Throws `key_invalid`. */
export function readPublicKey(pem: string): KeyObject {
  try {
    return requireEd25519(createPublicKey({ key: pem, format: "pem" }));
  } catch (cause) {
    if (cause instanceof PatchbayError) throw cause;
    throw invalid("This is not a public key in PEM form.", cause);
  }
}

/** Reads a public key in SPKI DER form, base64. Throws `key_invalid`. */
export function decodePublicKey(publicKey: string): KeyObject {
  const der = decodeBase64(publicKey);
  if (der?.length !== SPKI_BYTES)
    throw invalid("This is not an Ed25519 public key in base64 of its SPKI DER form.");
  try {
    return requireEd25519(createPublicKey({ key: der, format: "der", type: "spki" }));
  } catch (cause) {
    if (cause instanceof PatchbayError) throw cause;
    throw invalid("This is not an Ed25519 public key in base64 of its SPKI DER form.", cause);
  }
}

/** The public key of a pair, or the key itself, as it is told to others. */
export function describePublicKey(key: KeyObject): PublicKey {
  const own = key.type === "private" ? createPublicKey(key) : key;
  const der = own.export({ type: "spki", format: "der" });
  return {
    keyId: createHash("sha256").update(der).digest("hex"),
    publicKey: der.toString("base64"),
  };
}

/** SHA-256 of the key's SPKI DER form, hex. */
export const keyIdOf = (key: KeyObject): string => describePublicKey(key).keyId;

/** The public key of a pair, or the key itself, in PEM form. */
export function formatPem(key: KeyObject): string {
  const own = key.type === "private" ? createPublicKey(key) : key;
  return own.export({ type: "spki", format: "pem" }).toString();
}

function requireEd25519(key: KeyObject): KeyObject {
  if (key.asymmetricKeyType === "ed25519") return key;
  throw invalid(`This is a key for ${key.asymmetricKeyType ?? "something else"}; an Ed25519 key is needed.`);
}

const invalid = (message: string, cause?: unknown) => new PatchbayError("key_invalid", message, { cause });
