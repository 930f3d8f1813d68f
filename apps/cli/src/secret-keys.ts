import { open, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fingerprintOf } from "@patchbay/artifact";
import { UsageError } from "./output.ts";

const SECRET_KEY_BYTES = 32;

/** The secret keys of the Patchbay on this machine, as it takes them itself: of the environment, else of the data folder. */
export interface SecretKeys {
  /** One or several in base64, with a comma between them. */
  readonly text: string;
  /** Where they were found. */
  readonly from: string;
}

/** Throws `UsageError` when there are none, or none that are keys. */
export const readOwnSecretKeys = async (): Promise<SecretKeys> => {
  const configured = process.env.PATCHBAY_SECRET_KEY;
  if (configured !== undefined && configured !== "")
    return requireKeys({ text: configured, from: "PATCHBAY_SECRET_KEY" });
  const from = join(resolve(process.env.PATCHBAY_DATA_DIR || "data"), "secret.key");
  const text = await readFile(from, "utf8").catch((error: unknown) => {
    const why = (error as NodeJS.ErrnoException).code === "ENOENT" ? "is missing" : "cannot be read";
    throw new UsageError(
      `--keys needs the secret key of this machine's Patchbay: PATCHBAY_SECRET_KEY is not set, and ${from} ${why}. ` +
        "Run this where the server runs, as its user, with its PATCHBAY_DATA_DIR or PATCHBAY_SECRET_KEY.",
    );
  });
  return requireKeys({ text, from });
};

/** Throws `UsageError` unless each of them sealed something in the backup. */
export const requireKeysOf = ({ text, from }: SecretKeys, sealed: readonly string[]): void => {
  const foreign = keysIn(text)
    .map(fingerprintOf)
    .filter((one) => !sealed.includes(one));
  if (foreign.length === 0) return;
  throw new UsageError(
    `${from} holds a key (fingerprint ${foreign.join(", ")}) of another deployment: this one was sealed with ${sealed.join(", ") || "none"}. ` +
      "Nothing was written. Leave --keys out, or run this where that server runs.",
  );
};

/** Into a new file that only its owner reads. Throws where there is one already. */
export const saveSecretKeys = async ({ text }: SecretKeys, file: string): Promise<void> => {
  await using written = await open(file, "wx", 0o600);
  await written.writeFile(`${text.trim()}\n`);
  await written.sync();
};

const keysIn = (text: string): Buffer[] =>
  text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "")
    .map((part) => Buffer.from(part, "base64"));

const requireKeys = (keys: SecretKeys): SecretKeys => {
  const found = keysIn(keys.text);
  if (found.length > 0 && found.every((key) => key.length === SECRET_KEY_BYTES)) return keys;
  throw new UsageError(`${keys.from} does not hold a secret key of ${SECRET_KEY_BYTES} bytes in base64.`);
};
