import type { KeyObject } from "node:crypto";
import type { RegistryApi } from "@patchbay/api-client";
import { describePublicKey, endorseKey } from "@patchbay/artifact";
import { PatchbayError, type PublisherKeyDto } from "@patchbay/protocol";

interface NewKey {
  readonly publisher: string;
  readonly key: ReturnType<typeof describePublicKey>;
  /** An older private key of the publisher. */
  readonly older: KeyObject | null;
}

/**
 * Adds a key that the publisher signs with; `isNew` is false for one that it had already. Throws what the registry throws, with
 * what to do about it here where a further key lacks an older one's word, or is one that was revoked.
 */
export const addPublisherKey = async (
  registry: RegistryApi,
  { publisher, key, older }: NewKey,
): Promise<{ readonly added: PublisherKeyDto; readonly isNew: boolean }> => {
  const body = {
    publicKey: key.publicKey,
    ...(older !== null && { endorsement: endorseKey(publisher, key, older) }),
  };
  try {
    return { added: await registry.addKey(publisher, body), isNew: true };
  } catch (error) {
    if (!(error instanceof PatchbayError && REFUSALS.has(error.code))) throw error;
    const { keys } = await registry.publisher(publisher);
    const present = keys.find(({ keyId }) => keyId === key.keyId);
    if (present?.revoked === undefined && present !== undefined) return { added: present, isNew: false };
    const message = present === undefined ? unendorsed(publisher, keys, older) : revoked(publisher, present);
    throw new PatchbayError(error.code, message, { status: error.status, cause: error });
  }
};

/** The registry looks for an older key's word before it looks whether the key is there. */
const REFUSALS: ReadonlySet<string> = new Set(["publisher_key_changed", "already_exists"]);

const revoked = (publisher: string, { keyId, revoked: how }: PublisherKeyDto): string =>
  `The key ${keyId} of ${publisher} was revoked (${how?.reason}), and stays so. Make another with \`patchbay plugin keygen\`.`;

const unendorsed = (publisher: string, keys: readonly PublisherKeyDto[], older: KeyObject | null): string => {
  const usable = keys.filter((key) => key.revoked === undefined).map(({ keyId }) => keyId);
  if (usable.length === 0)
    return `All keys of ${publisher} are revoked, so that none is left that could vouch for another. Only an administrator of the registry can add one now.`;
  const listed = usable.map((keyId) => `\n  key ${keyId}`).join("");
  return older === null
    ? `${publisher} has keys already: add --endorsed-by FILE with the private key of one of them, which vouches for this one:${listed}`
    : `The key of --endorsed-by, ${describePublicKey(older).keyId}, is none that may vouch for ${publisher}. It takes the private key of one of these:${listed}`;
};
