import { fingerprintOf } from "@patchbay/artifact";
import type { SecretKeyStore } from "@patchbay/core";
import { ConfigurationError } from "../config/configuration-error.ts";
import type { DataFolder } from "../config/data-folder.ts";

/**
 * The keys that encrypt and seal: those of the environment, or the data folder's own, made at the first start. What the database
 * holds can be read with the keys that sealed it only, so with none of these the server does not start: it would take all that was
 * sealed for changed by somebody. Throws `ConfigurationError`.
 */
export const openSecretKeys = async (
  configured: readonly Buffer[] | null,
  folder: DataFolder,
  store: SecretKeyStore,
): Promise<readonly Buffer[]> => {
  const known = await store.fingerprints();
  const keys = configured ?? (await keysOf(folder, known));
  const fingerprints = keys.map(fingerprintOf);
  if (known.length > 0 && !fingerprints.some((one) => known.includes(one)))
    throw new ConfigurationError(
      "PATCHBAY_SECRET_KEY",
      `${configured === null ? `is not set, and ${folder.secretKeyPath} holds` : "holds"} another key (fingerprint ${fingerprints.join(", ")}) ` +
        `than those that sealed this database (${known.join(", ")}). Put the right one back; a new one comes in front of it, after a comma`,
      "",
    );
  await store.add(fingerprints);
  return keys;
};

const keysOf = async (folder: DataFolder, known: readonly string[]): Promise<readonly Buffer[]> => {
  const found = await folder.readSecretKey();
  if (found !== null) return [found];
  if (known.length === 0) return [await folder.makeSecretKey()];
  throw new ConfigurationError(
    "PATCHBAY_SECRET_KEY",
    `is not set, and ${folder.secretKeyPath} is missing: the key (fingerprint ${known.join(", ")}) that sealed this database. ` +
      "Put the file back from where you keep it, or name its content here",
    "",
  );
};
