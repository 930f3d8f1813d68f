import { type KeyObject, sign, verify } from "node:crypto";
import { isJsonObject, MAX_ARCHIVE_ENTRIES, MAX_SIGNATURE_BYTES, PatchbayError } from "@patchbay/protocol";
import { decodeBase64, keyIdOf } from "./keys.ts";

/** What the payload of an envelope is, in a form that no other use of the key can mean. */
export const PAYLOAD_TYPE = "application/vnd.patchbay.package.v1+json";

const SIGNATURE_BYTES = 64;
const DIGEST = /^[0-9a-f]{64}$/;
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,3})?Z$/;
const MAX_NAME_LENGTH = 128;

/** What a publisher says about a package. */
export interface SignedStatement {
  readonly plugin: string;
  readonly version: string;
  /** RFC 3339, UTC. */
  readonly signedAt: string;
  /** SHA-256 of every file but the reserved ones, hex, by path. */
  readonly files: ReadonlyMap<string, string>;
}

/** A signature as a package carries it, well-formed; whether it is true is for `verifySignature` to say. */
export interface PackageSignature {
  /** Of the key that it claims to be by. */
  readonly keyId: string;
  readonly statement: SignedStatement;
  /** `signature.json` as it came. */
  readonly envelope: string;
  readonly payload: Buffer;
  readonly signature: Buffer;
}

/** The text of a `signature.json`: a DSSE envelope. The same statement and key give the same text. */
export function signStatement(statement: SignedStatement, privateKey: KeyObject): string {
  const { plugin, version, signedAt } = statement;
  const paths = [...statement.files].sort(([a], [b]) => (a < b ? -1 : 1));
  const payload = Buffer.from(
    JSON.stringify({ plugin, version, signedAt, files: Object.fromEntries(paths) }),
  );
  const signature = { keyid: keyIdOf(privateKey), sig: sign(null, encode(payload), privateKey) };
  const envelope = {
    payloadType: PAYLOAD_TYPE,
    payload: payload.toString("base64"),
    signatures: [{ ...signature, sig: signature.sig.toString("base64") }],
  };
  return `${JSON.stringify(envelope, null, 2)}\n`;
}

/** Reads a `signature.json`. Throws `signature_invalid` for anything that `signStatement` could not have written. */
export function parseSignature(bytes: Uint8Array): PackageSignature {
  const { text, value } = parseJson(bytes, "It");
  const envelope = fields(value, "The envelope", ["payloadType", "payload", "signatures"]);
  if (envelope.payloadType !== PAYLOAD_TYPE) throw invalid(`"payloadType" is not ${PAYLOAD_TYPE}.`);
  const { signatures } = envelope;
  if (!Array.isArray(signatures) || signatures.length !== 1)
    throw invalid('"signatures" does not hold exactly one signature.');
  const { keyid, sig } = fields(signatures[0], "The signature", ["keyid", "sig"]);
  if (typeof keyid !== "string" || !DIGEST.test(keyid)) throw invalid('"keyid" is not the id of a key.');
  const signature = base64(sig, '"sig"');
  if (signature.length !== SIGNATURE_BYTES) throw invalid(`"sig" does not have ${SIGNATURE_BYTES} bytes.`);
  const payload = base64(envelope.payload, '"payload"');
  return { keyId: keyid, statement: parseStatement(payload), envelope: text, payload, signature };
}

/** Whether the signature is by this key. Never throws. */
export const verifySignature = (
  { keyId, payload, signature }: PackageSignature,
  publicKey: KeyObject,
): boolean => keyId === keyIdOf(publicKey) && verify(null, encode(payload), publicKey, signature);

/** DSSE's "pre-authentication encoding": what is signed says what it is. */
const encode = (payload: Buffer): Buffer =>
  Buffer.concat([
    Buffer.from(`DSSEv1 ${Buffer.byteLength(PAYLOAD_TYPE)} ${PAYLOAD_TYPE} ${payload.length} `),
    payload,
  ]);

function parseStatement(payload: Buffer): SignedStatement {
  const { value } = parseJson(payload, "The payload");
  const { plugin, version, signedAt, files } = fields(value, "The payload", [
    "plugin",
    "version",
    "signedAt",
    "files",
  ]);
  if (!isName(plugin)) throw invalid('"plugin" is not the id of a plugin.');
  if (!isName(version)) throw invalid('"version" is not a version.');
  if (typeof signedAt !== "string" || !TIME.test(signedAt) || Number.isNaN(Date.parse(signedAt)))
    throw invalid('"signedAt" is not a time such as 2026-01-31T12:00:00Z.');
  return { plugin, version, signedAt, files: parseFiles(files) };
}

function parseFiles(value: unknown): ReadonlyMap<string, string> {
  if (!isJsonObject(value)) throw invalid('"files" is not an object.');
  const files = new Map<string, string>();
  for (const [path, digest] of Object.entries(value)) {
    if (typeof digest !== "string" || !DIGEST.test(digest))
      throw invalid('"files" holds something that is not a SHA-256 in hexadecimal.');
    files.set(path, digest);
  }
  if (files.size === 0 || files.size > MAX_ARCHIVE_ENTRIES)
    throw invalid(`"files" does not hold 1 to ${MAX_ARCHIVE_ENTRIES} files.`);
  return files;
}

function parseJson(bytes: Uint8Array, what: string): { text: string; value: unknown } {
  if (bytes.length > MAX_SIGNATURE_BYTES)
    throw invalid(`${what} is larger than ${MAX_SIGNATURE_BYTES / 1024 / 1024} MiB.`);
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return { text, value: JSON.parse(text) };
  } catch (cause) {
    throw invalid(`${what} is not JSON in UTF-8.`, cause);
  }
}

/** Exactly these fields, each of them there. */
function fields<Name extends string>(
  value: unknown,
  what: string,
  names: readonly Name[],
): Readonly<Record<Name, unknown>> {
  if (!isJsonObject(value)) throw invalid(`${what} is not an object.`);
  const missing = names.find((name) => !Object.hasOwn(value, name));
  if (missing !== undefined) throw invalid(`${what} has no "${missing}".`);
  if (Object.keys(value).length !== names.length)
    throw invalid(`${what} has fields beside ${names.join(", ")}.`);
  return value as Readonly<Record<Name, unknown>>;
}

function base64(value: unknown, what: string): Buffer {
  const bytes = typeof value === "string" ? decodeBase64(value) : undefined;
  if (bytes === undefined) throw invalid(`${what} is not base64.`);
  return bytes;
}

const isName = (value: unknown): value is string =>
  typeof value === "string" && value.length > 0 && value.length <= MAX_NAME_LENGTH;

const invalid = (fault: string, cause?: unknown) =>
  new PatchbayError("signature_invalid", `signature.json cannot be read: ${fault} Sign the package again.`, {
    cause,
  });
