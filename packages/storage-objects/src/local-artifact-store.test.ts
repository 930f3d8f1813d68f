import { mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { describeArtifactStore, digestOf } from "./artifact-store.contract.ts";
import { LocalArtifactStore } from "./local-artifact-store.ts";

const pathIn = (folder: string, digest: string): string => join(folder, "sha256", digest.slice(0, 2), digest);

describeArtifactStore("an artifact store in a local folder", async (parent) => {
  const folder = join(parent, "deep", "artifacts");
  return {
    store: await LocalArtifactStore.open(folder),
    damage: (digest, bytes) => writeFile(pathIn(folder, digest), bytes),
    lose: (digest) => rm(pathIn(folder, digest)),
  };
});

describe("the folder of artifacts", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "patchbay-test-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("is closed to others, files and all", async () => {
    const store = await LocalArtifactStore.open(join(folder, "artifacts"));
    const bytes = Buffer.from("x");
    await store.put(digestOf(bytes), bytes);
    const upload = join(folder, "upload");
    writeFileSync(upload, "y", { mode: 0o644 });
    await store.putFile(digestOf(Buffer.from("y")), upload);
    const modeOf = (path: string) => statSync(path).mode & 0o777;
    expect(modeOf(join(folder, "artifacts"))).toBe(0o700);
    for (const content of ["x", "y"]) {
      const path = pathIn(join(folder, "artifacts"), digestOf(Buffer.from(content)));
      expect([modeOf(path), modeOf(join(path, ".."))]).toEqual([0o600, 0o700]);
    }
  });

  it("is freed of what crashed writers left, but not of what is being written by others", async () => {
    const store = await LocalArtifactStore.open(folder);
    const [old, fresh] = [join(folder, "unfinished", "old"), join(folder, "unfinished", "fresh")];
    for (const path of [old, fresh]) writeFileSync(path, "half");
    const yesterday = new Date(Date.now() - 24 * 3_600_000);
    utimesSync(old, yesterday, yesterday);
    await LocalArtifactStore.open(folder);
    expect(readdirSync(join(folder, "unfinished"))).toEqual(["fresh"]);
    const bytes = Buffer.from("x");
    await expect(store.putFile(digestOf(bytes), join(folder, "nowhere"))).rejects.toThrow("ENOENT");
    await store.put(digestOf(bytes), bytes);
    expect(readdirSync(join(folder, "unfinished"))).toEqual(["fresh"]);
  });

  it("keeps artifacts from one start to the next", async () => {
    const bytes = Buffer.from("lasting");
    await (await LocalArtifactStore.open(folder)).put(digestOf(bytes), bytes);
    const again = await LocalArtifactStore.open(folder);
    expect(await again.read(digestOf(bytes))).toEqual(bytes);
  });
});
