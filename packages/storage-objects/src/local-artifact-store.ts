import { createHash, type Hash, randomUUID } from "node:crypto";
import { constants, createReadStream } from "node:fs";
import {
  copyFile,
  type FileHandle,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  utimes,
} from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { type Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ArtifactStore } from "@patchbay/core";
import { corruptArtifact, isDigest, missingArtifact, requireDigest } from "./artifacts.ts";

/** Nobody but Patchbay's user reads what was uploaded. */
const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;
/** A write that has not become an artifact after this long belongs to a process that ended. */
const LEFTOVER_AFTER_MS = 3_600_000;
const READ_CHUNK_BYTES = 1024 * 1024;

/**
 * Artifacts as files of a folder: `sha256/ab/abcdef…`. A file appears there whole and flushed or not at all, and its bytes are
 * checked whenever they are read.
 */
export class LocalArtifactStore implements ArtifactStore {
  readonly #artifacts: string;
  readonly #unfinished: string;

  private constructor(folder: string) {
    this.#artifacts = join(folder, "sha256");
    // In the same file system, so that a finished file can be renamed to its place.
    this.#unfinished = join(folder, "unfinished");
  }

  /** Opens the folder, creating it if need be, and clears away what crashed writers left behind. */
  static async open(folder: string): Promise<LocalArtifactStore> {
    const store = new LocalArtifactStore(folder);
    for (const path of [store.#artifacts, store.#unfinished])
      await mkdir(path, { recursive: true, mode: FOLDER_MODE });
    await store.#clearLeftovers();
    return store;
  }

  /** The copy is checked: throws `artifact_corrupt` when the file does not have the digest. */
  async putFile(digest: string, path: string): Promise<void> {
    await this.#store(digest, async (target) => {
      // Costs nothing where the file system can share blocks.
      await copyFile(path, target, constants.COPYFILE_FICLONE);
      if ((await digestOfFile(target)) !== digest) throw corruptArtifact(digest);
    });
  }

  /** Throws `artifact_corrupt` when the bytes do not have the digest. */
  async put(digest: string, bytes: Uint8Array): Promise<void> {
    if (createHash("sha256").update(bytes).digest("hex") !== requireDigest(digest))
      throw corruptArtifact(digest);
    await this.#store(digest, async (target) => {
      await using file = await open(target, "wx", FILE_MODE);
      await file.writeFile(bytes);
    });
  }

  /** The bytes are written as they come. Throws `artifact_corrupt` when they do not have the digest, and what the stream throws. */
  async putStream(digest: string, bytes: Readable): Promise<void> {
    await this.#store(digest, async (target) => {
      await pipeline(checked(bytes, digest), async (pieces) => {
        await using file = await open(target, "wx", FILE_MODE);
        await file.writeFile(pieces);
      });
    });
  }

  async has(digest: string): Promise<boolean> {
    return (await this.sizeOf(digest)) !== null;
  }

  /** In bytes; null when there is no such artifact. */
  async sizeOf(digest: string): Promise<number | null> {
    try {
      return (await stat(this.#pathOf(digest))).size;
    } catch (error) {
      if (isAbsent(error)) return null;
      throw error;
    }
  }

  async read(digest: string): Promise<Buffer> {
    const bytes = await orMissing(digest, readFile(this.#pathOf(digest)));
    if (createHash("sha256").update(bytes).digest("hex") !== digest) throw corruptArtifact(digest);
    return bytes;
  }

  async open(
    digest: string,
    range?: { start: number; end: number },
  ): Promise<{ stream: Readable; sizeBytes: number }> {
    const file = await orMissing(digest, open(this.#pathOf(digest), "r"));
    try {
      const { size } = await file.stat();
      const stream = file.createReadStream({ ...range, highWaterMark: READ_CHUNK_BYTES });
      return { stream: range === undefined ? checked(stream, digest) : stream, sizeBytes: size };
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** The artifact's own file, which must not be written to; there is nothing to release. */
  async localFile(digest: string): Promise<{ path: string; release(): Promise<void> }> {
    const path = this.#pathOf(digest);
    if ((await orMissing(digest, digestOfFile(path))) !== digest) throw corruptArtifact(digest);
    return { path, release: async () => undefined };
  }

  async pull(digest: string): Promise<"here"> {
    if (!(await this.has(digest))) throw missingArtifact(digest);
    return "here";
  }

  /** There is none: the folder is this machine's. */
  async addressOf(digest: string): Promise<null> {
    requireDigest(digest);
    return null;
  }

  async remove(digest: string): Promise<void> {
    await rm(this.#pathOf(digest), { force: true });
  }

  /** Notes that the artifact is in use; nothing when it is not there. */
  async touch(digest: string): Promise<void> {
    const now = new Date();
    await utimes(this.#pathOf(digest), now, now).catch((error: unknown) => {
      if (!isAbsent(error)) throw error;
    });
  }

  /** All artifacts: when each was stored or touched last, in milliseconds. */
  async list(): Promise<{ digest: string; sizeBytes: number; usedAt: number }[]> {
    const names = await readdir(this.#artifacts, { recursive: true });
    const found: { digest: string; sizeBytes: number; usedAt: number }[] = [];
    for (const name of names) {
      const digest = basename(name);
      if (!isDigest(digest)) continue;
      const file = await stat(join(this.#artifacts, name)).catch(() => null);
      if (file !== null) found.push({ digest, sizeBytes: file.size, usedAt: file.mtimeMs });
    }
    return found;
  }

  #pathOf(digest: string): string {
    return join(this.#artifacts, requireDigest(digest).slice(0, 2), digest);
  }

  /** A power cut at any point leaves the artifact or nothing. */
  async #store(digest: string, write: (target: string) => Promise<void>): Promise<void> {
    const path = this.#pathOf(digest);
    // What is there but damaged is replaced: storing it again is how an operator repairs it.
    if ((await this.has(digest)) && (await digestOfFile(path)) === digest) return await this.touch(digest);
    const unfinished = join(this.#unfinished, randomUUID());
    try {
      await write(unfinished);
      await flush(unfinished, async (file) => file.chmod(FILE_MODE));
      if ((await mkdir(dirname(path), { recursive: true, mode: FOLDER_MODE })) !== undefined)
        await flush(this.#artifacts);
      await rename(unfinished, path);
      await flush(dirname(path));
    } catch (error) {
      await rm(unfinished, { force: true });
      throw error;
    }
  }

  async #clearLeftovers(): Promise<void> {
    for (const name of await readdir(this.#unfinished)) {
      const path = join(this.#unfinished, name);
      const { mtimeMs } = await stat(path);
      if (Date.now() - mtimeMs > LEFTOVER_AFTER_MS) await rm(path, { force: true });
    }
  }
}

const flush = async (path: string, before?: (file: FileHandle) => Promise<void>): Promise<void> => {
  await using file = await open(path, "r");
  await before?.(file);
  await file.sync();
};

const isAbsent = (error: unknown): boolean =>
  error instanceof Error && "code" in error && error.code === "ENOENT";

const orMissing = async <T>(digest: string, reading: Promise<T>): Promise<T> => {
  try {
    return await reading;
  } catch (error) {
    if (!isAbsent(error)) throw error;
    throw missingArtifact(digest, error);
  }
};

const digestOfFile = async (path: string): Promise<string> => {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path, { highWaterMark: READ_CHUNK_BYTES }), hash);
  return hash.digest("hex");
};

/** Passes the bytes on; in place of the end comes an error when they were not the artifact's. */
const checked = (source: Readable, digest: string): Readable => {
  const hash: Hash = createHash("sha256");
  const check = new Transform({
    highWaterMark: READ_CHUNK_BYTES,
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
    flush: (done) => done(hash.digest("hex") === digest ? null : corruptArtifact(digest)),
  });
  // Whoever reads hears of every failure through `check`, which the pipeline destroys with it.
  pipeline(source, check).catch(() => undefined);
  return check;
};
