import { randomBytes, randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, open, readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { ConfigurationError } from "./configuration-error.ts";

/** A file that is in the folder from before a restore into it begins until all of it is there. */
export const UNFINISHED_RESTORE = "unfinished-restore";
const SECRET_KEY_BYTES = 32;
/** Nothing that is received or downloaded takes as long. */
const ABANDONED_AFTER_MS = 60 * 60_000;

/** What a node keeps in its data folder beside the database: who it is, and the key that encrypts secrets. */
export interface DataFolder {
  readonly artifacts: string;
  readonly uploads: string;
  readonly nodeId: string;
  /** Where the generated key lies. */
  readonly secretKeyPath: string;
  /** The generated key; null while there is none. Asked for only where none is configured. */
  readSecretKey(): Promise<Buffer | null>;
  makeSecretKey(): Promise<Buffer>;
}

/** Opens or makes the data folder. Throws `ConfigurationError` when it cannot be written, and when a restore into it did not end. */
export const openDataFolder = async (path: string): Promise<DataFolder> => {
  if (existsSync(join(path, UNFINISHED_RESTORE)))
    throw new Error(
      `A backup is being restored into ${path}, or that was broken off and what is there is not whole. ` +
        "Run `patchbay restore` again, or empty the folder.",
    );
  try {
    const uploads = join(path, "uploads");
    const secretKeyPath = join(path, "secret.key");
    await mkdir(path, { recursive: true, mode: 0o700 });
    await mkdir(uploads, { recursive: true, mode: 0o700 });
    await removeAbandoned(uploads);
    return {
      artifacts: join(path, "artifacts"),
      uploads,
      nodeId: (await keep(join(path, "node-id"), () => randomUUID())).trim(),
      secretKeyPath,
      readSecretKey: async () => {
        const text = await readFile(secretKeyPath, "utf8").catch(() => "");
        return text === "" ? null : keyFrom(text, secretKeyPath);
      },
      makeSecretKey: async () =>
        keyFrom(
          await keep(secretKeyPath, () => randomBytes(SECRET_KEY_BYTES).toString("base64")),
          secretKeyPath,
        ),
    };
  } catch (error) {
    throw new ConfigurationError(
      "PATCHBAY_DATA_DIR",
      `names a folder that cannot be used: ${error instanceof Error ? error.message : error}`,
      "/var/lib/patchbay",
    );
  }
};

const keyFrom = (text: string, path: string): Buffer => {
  const key = Buffer.from(text, "base64");
  if (key.length === SECRET_KEY_BYTES) return key;
  throw new ConfigurationError(
    "PATCHBAY_SECRET_KEY",
    `is not set, and ${path} holds a key of ${key.length} bytes instead of ${SECRET_KEY_BYTES}; put the right file back`,
    "",
  );
};

/** The file's text; made once, readable by its owner only, on the disk before it is used. */
export const keep = async (path: string, make: () => string): Promise<string> => {
  const known = await readFile(path, "utf8").catch(() => "");
  if (known !== "") return known;
  const text = make();
  const file = await open(path, "w", 0o600);
  try {
    await file.writeFile(`${text}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  return text;
};

/** What a process that was killed had received of packages. What is younger may be another process's, which is about to end. */
const removeAbandoned = async (uploads: string): Promise<void> => {
  const before = Date.now() - ABANDONED_AFTER_MS;
  for (const name of await readdir(uploads)) {
    const path = join(uploads, name);
    const found = await stat(path).catch(() => null);
    if (found !== null && found.mtimeMs < before) await rm(path, { recursive: true, force: true });
  }
};
