import type { KeyObject } from "node:crypto";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { readPrivateKey, signPackage, type WrittenPackage } from "@patchbay/artifact";
import { UsageError } from "../output.ts";

/**
 * The private key to sign with: from the file, or of PATCHBAY_SIGNING_KEY, which holds a key in PEM form or the path of one.
 * PATCHBAY_SIGNING_PASSPHRASE opens it. Throws `key_invalid`.
 */
export const readSigningKey = async (file: string | undefined): Promise<KeyObject> => {
  const given = file ?? process.env.PATCHBAY_SIGNING_KEY;
  if (given === undefined || given === "")
    throw new UsageError("Name the private key with --key, or set PATCHBAY_SIGNING_KEY.");
  const isPem = file === undefined && given.includes("-----BEGIN");
  const pem = isPem
    ? given
    : await readFile(resolve(given), "utf8").catch(() => {
        throw new UsageError(`The private key ${given} cannot be read.`);
      });
  return readPrivateKey(pem, process.env.PATCHBAY_SIGNING_PASSPHRASE || undefined);
};

/** Now, or the time that reproducible builds set. */
export const signedAtNow = (): Date => {
  const seconds = Number(process.env.SOURCE_DATE_EPOCH || Number.NaN);
  return Number.isFinite(seconds) ? new Date(seconds * 1000) : new Date();
};

/** Signs the package in a file. */
export const signInPlace = async (path: string, privateKey: KeyObject): Promise<WrittenPackage> =>
  await signPackage({ input: path, output: path, privateKey, signedAt: signedAtNow() });
