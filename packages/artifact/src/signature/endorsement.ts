import { type KeyObject, sign, verify } from "node:crypto";
import { decodeBase64, describePublicKey, type PublicKey } from "./keys.ts";

const SIGNATURE_BYTES = 64;

/** An older key's word for a newer one of the same publisher. */
export interface KeyEndorsement {
  /** The older key's. */
  readonly keyId: string;
  /** base64 */
  readonly signature: string;
}

/** What a key's owner signs to say that another key is the publisher's too. */
const statementOf = (publisher: string, keyId: string): Buffer =>
  Buffer.from(`patchbay-publisher-key/v1\n${publisher}\n${keyId}\n`);

/** `oldKey` vouches that `newKey` is the publisher's. */
export function endorseKey(
  publisher: string,
  newKey: Pick<PublicKey, "keyId">,
  oldKey: KeyObject,
): KeyEndorsement {
  const signature = sign(null, statementOf(publisher, newKey.keyId), oldKey).toString("base64");
  return { keyId: describePublicKey(oldKey).keyId, signature };
}

/** Whether `oldKey` did vouch for the key with this id. Never throws. */
export function verifyKeyEndorsement(
  publisher: string,
  keyId: string,
  endorsement: KeyEndorsement,
  oldKey: KeyObject,
): boolean {
  const signature = decodeBase64(endorsement.signature);
  if (signature?.length !== SIGNATURE_BYTES) return false;
  if (endorsement.keyId !== describePublicKey(oldKey).keyId) return false;
  return verify(null, statementOf(publisher, keyId), oldKey, signature);
}
