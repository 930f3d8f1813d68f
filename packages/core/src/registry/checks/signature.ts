import {
  decodePublicKey,
  digestsOf,
  readSignature,
  requireAsSigned,
  verifySignature,
} from "@patchbay/artifact";
import { PatchbayError } from "@patchbay/protocol";
import { type CheckedPackage, error, type PackageCheck, type Remark, warning } from "./check.ts";

/** Signed by a key of the publisher's that is in use, wherever the publisher has one. */
export const signature: PackageCheck = {
  name: "signature",
  run: async (checked) => {
    try {
      return await faultsOf(checked);
    } catch (fault) {
      if (fault instanceof PatchbayError) return [error(fault.message, { file: "signature.json" })];
      throw fault;
    }
  },
};

const faultsOf = async ({ packageFile, publisher, keys }: CheckedPackage): Promise<readonly Remark[]> => {
  const current = keys.filter(({ revoked }) => revoked === undefined);
  const found = await readSignature(packageFile);
  if (found === null && keys.length === 0)
    return [warning("The package is not signed, and the publisher has no key to sign it with.")];
  if (found === null)
    return [error(`The package is not signed. "${publisher}" has keys, so all of its packages must be.`)];
  const key = current.find(({ keyId }) => keyId === found.keyId);
  if (key === undefined)
    return [
      error(`The package is signed by a key that is none of "${publisher}", or is revoked (${found.keyId}).`),
    ];
  if (!verifySignature(found, decodePublicKey(key.publicKey)))
    return [error("The signature is not by the key that it names.", { file: "signature.json" })];
  requireAsSigned(packageFile, await digestsOf(packageFile), found);
  return [];
};
