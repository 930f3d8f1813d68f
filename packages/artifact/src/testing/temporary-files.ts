import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";

/** A folder for the tests of one file, made before and removed after them; call it at the top of the file. */
export function temporaryFolder(): {
  readonly path: string;
  write(bytes: Uint8Array | string): Promise<string>;
} {
  let path = "";
  let count = 0;
  beforeAll(async () => {
    path = await mkdtemp(join(tmpdir(), "patchbay-artifact-"));
  });
  afterAll(() => rm(path, { recursive: true, force: true }));
  return {
    get path() {
      return path;
    },
    async write(bytes) {
      count += 1;
      const file = join(path, `${count}.zip`);
      await writeFile(file, bytes);
      return file;
    },
  };
}
