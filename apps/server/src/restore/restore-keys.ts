import { readFile } from "node:fs/promises";
import { fingerprintOf } from "@patchbay/artifact";
import type { BackupManifestDto } from "@patchbay/protocol";

const SECRET_KEY_BYTES = 32;

/** The keys in a file, in base64 with commas between them. Throws unless each sealed something in the backup. */
export const readKeys = async (
  file: string,
  { secretKeys }: BackupManifestDto,
): Promise<readonly string[]> => {
  const texts = (await readFile(file, "utf8"))
    .split(",")
    .map((text) => text.trim())
    .filter((text) => text !== "");
  const keys = texts.map((text) => Buffer.from(text, "base64"));
  if (keys.length === 0 || keys.some((key) => key.length !== SECRET_KEY_BYTES))
    throw new Error(`${file} does not hold a secret key of ${SECRET_KEY_BYTES} bytes in base64.`);
  const foreign = keys.map(fingerprintOf).filter((one) => !secretKeys.includes(one));
  if (foreign.length > 0)
    throw new Error(
      `${file} holds a key (fingerprint ${foreign.join(", ")}) of another deployment: ` +
        `the backup was sealed with ${secretKeys.join(", ") || "none"}. Nothing was changed.`,
    );
  return texts;
};

/** The one that a data folder can hold. */
export const requireOneKey = (keys: readonly string[], file: string): string => {
  const [key] = keys;
  if (key !== undefined && keys.length === 1) return key;
  throw new Error(
    `${file} holds ${keys.length} keys, and a data folder holds one. Leave --keys out, and start the server with PATCHBAY_SECRET_KEY set to what is in the file.`,
  );
};
