import { createHash, randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { MirrorTarget } from "./mirror-target.ts";

/** A folder that any web server can serve. */
export class MirrorFolder implements MirrorTarget {
  readonly #root: string;

  constructor(folder: string) {
    this.#root = join(folder, "registry", "v1");
  }

  async write(path: string, content: Buffer): Promise<void> {
    const target = join(this.#root, path);
    const temporary = `${target}.${randomUUID()}.tmp`;
    await mkdir(dirname(target), { recursive: true });
    try {
      await writeFile(temporary, content);
      await rename(temporary, target);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  }

  async has(path: string, digest: string, size: number): Promise<boolean> {
    const target = join(this.#root, path);
    const found = await stat(target).catch(() => null);
    if (found?.size !== size) return false;
    return (
      createHash("sha256")
        .update(await readFile(target))
        .digest("hex") === digest
    );
  }
}
