import { createHash, randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import type { ArtifactStore } from "@patchbay/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

/** A store to run the suite on, with the ways in which its bytes may be lost or damaged behind its back. */
export interface StoreUnderTest {
  readonly store: ArtifactStore;
  damage(digest: string, bytes: Uint8Array): Promise<void>;
  lose(digest: string): Promise<void>;
}

/** More than one chunk of any stream. */
const LARGE_BYTES = 3_000_000;

export const digestOf = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** What `ArtifactStore` promises. `open` gives a new, empty store below `folder`. */
export const describeArtifactStore = (
  name: string,
  open: (folder: string) => Promise<StoreUnderTest>,
): void => {
  describe(name, () => {
    let folder: string;
    let subject: StoreUnderTest;
    beforeEach(async () => {
      folder = mkdtempSync(join(tmpdir(), "patchbay-test-"));
      subject = await open(folder);
    });
    afterEach(() => rmSync(folder, { recursive: true }));

    const stored = async (bytes: Uint8Array = randomBytes(LARGE_BYTES)) => {
      const digest = digestOf(bytes);
      await subject.store.put(digest, bytes);
      return { bytes, digest };
    };

    it("gives bytes back by their digest: all of them, as a stream, a part, or a file", async () => {
      const { store } = subject;
      const { bytes, digest } = await stored();
      expect(await store.has(digest)).toBe(true);
      expect((await store.read(digest)).equals(bytes)).toBe(true);
      const { stream, sizeBytes } = await store.open(digest);
      expect(sizeBytes).toBe(LARGE_BYTES);
      expect((await buffer(stream)).equals(bytes)).toBe(true);
      const part = await store.open(digest, { start: 10, end: 19 });
      expect(part.sizeBytes).toBe(LARGE_BYTES);
      expect((await buffer(part.stream)).equals(bytes.subarray(10, 20))).toBe(true);
      const file = await store.localFile(digest);
      expect(readFileSync(file.path).equals(bytes)).toBe(true);
      await file.release();
    });

    it("stores a file and leaves it where it is", async () => {
      const { store } = subject;
      const path = join(folder, "upload.zip");
      const bytes = randomBytes(LARGE_BYTES);
      writeFileSync(path, bytes);
      await store.putFile(digestOf(bytes), path);
      expect(existsSync(path)).toBe(true);
      rmSync(path);
      expect((await store.read(digestOf(bytes))).equals(bytes)).toBe(true);
    });

    it("stores the same bytes any number of times, also at once, and no bytes at all", async () => {
      const { store } = subject;
      const bytes = randomBytes(1_000);
      await Promise.all(Array.from({ length: 6 }, () => store.put(digestOf(bytes), bytes)));
      await store.put(digestOf(bytes), bytes);
      expect((await store.read(digestOf(bytes))).equals(bytes)).toBe(true);
      const empty = await stored(new Uint8Array());
      expect(await store.read(empty.digest)).toHaveLength(0);
      expect(await buffer((await store.open(empty.digest)).stream)).toHaveLength(0);
    });

    it("refuses bytes that are not the digest's, and stores nothing", async () => {
      const { store } = subject;
      const digest = digestOf(randomBytes(10));
      const path = join(folder, "other.zip");
      writeFileSync(path, "other");
      await expect(store.put(digest, Buffer.from("other"))).rejects.toMatchObject({
        code: "artifact_corrupt",
      });
      await expect(store.putFile(digest, path)).rejects.toMatchObject({ code: "artifact_corrupt" });
      expect(await store.has(digest)).toBe(false);
    });

    it("says that bytes are missing, before it gives a stream", async () => {
      const { store } = subject;
      const { digest } = await stored();
      await subject.lose(digest);
      const missing = { code: "artifact_missing" };
      expect(await store.has(digest)).toBe(false);
      await expect(store.read(digest)).rejects.toMatchObject(missing);
      await expect(store.open(digest)).rejects.toMatchObject(missing);
      await expect(store.open(digest, { start: 0, end: 1 })).rejects.toMatchObject(missing);
      await expect(store.localFile(digest)).rejects.toMatchObject(missing);
    });

    it("notices one wrong bit, and a missing end, however the bytes are read", async () => {
      const { store } = subject;
      const { bytes, digest } = await stored();
      const flipped = Buffer.from(bytes);
      flipped[LARGE_BYTES - 1] = (flipped[LARGE_BYTES - 1] ?? 0) ^ 1;
      for (const damaged of [flipped, bytes.subarray(0, LARGE_BYTES / 2), new Uint8Array()]) {
        await subject.damage(digest, damaged);
        const corrupt = { code: "artifact_corrupt" };
        await expect(store.read(digest)).rejects.toMatchObject(corrupt);
        await expect(store.open(digest).then(({ stream }) => buffer(stream))).rejects.toMatchObject(corrupt);
        await expect(store.localFile(digest)).rejects.toMatchObject(corrupt);
      }
    });

    it("is mended by storing the bytes again", async () => {
      const { store } = subject;
      const { bytes, digest } = await stored();
      await subject.damage(digest, bytes.subarray(1));
      await store.put(digest, bytes);
      expect((await store.read(digest)).equals(bytes)).toBe(true);
    });

    it("takes nothing but a digest for a digest", async () => {
      const { store } = subject;
      const secret = join(folder, "secret");
      writeFileSync(secret, "secret");
      const bad = [
        "",
        "..",
        "../../secret",
        secret,
        "A".repeat(64),
        `${"a".repeat(63)}/`,
        `${"a".repeat(64)}\n`,
      ];
      for (const digest of bad) {
        await expect(store.has(digest)).rejects.toThrow(TypeError);
        await expect(store.read(digest)).rejects.toThrow(TypeError);
        await expect(store.open(digest)).rejects.toThrow(TypeError);
        await expect(store.localFile(digest)).rejects.toThrow(TypeError);
        await expect(store.pull(digest)).rejects.toThrow(TypeError);
        await expect(store.remove(digest)).rejects.toThrow(TypeError);
        await expect(store.addressOf(digest, { fileName: "x", mediaType: "x/y" })).rejects.toThrow(TypeError);
        await expect(store.putFile(digest, secret)).rejects.toThrow();
        await expect(store.put(digest, Buffer.from("x"))).rejects.toThrow();
      }
    });

    it("has what was pulled at hand, and says when there is nothing to pull", async () => {
      const { store } = subject;
      const { bytes, digest } = await stored();
      await store.pull(digest);
      expect(await store.pull(digest)).toBe("here");
      expect((await store.read(digest)).equals(bytes)).toBe(true);
      await subject.lose(digest);
      await expect(store.pull(digest)).rejects.toMatchObject({ code: "artifact_missing" });
    });

    it("removes an artifact, also one that is not there", async () => {
      const { store } = subject;
      const { bytes, digest } = await stored();
      await store.remove(digest);
      await store.remove(digest);
      expect(await store.has(digest)).toBe(false);
      await expect(store.read(digest)).rejects.toMatchObject({ code: "artifact_missing" });
      await store.put(digest, bytes);
      expect((await store.read(digest)).equals(bytes)).toBe(true);
    });

    it("survives a reader that stops halfway", async () => {
      const { store } = subject;
      const { bytes, digest } = await stored();
      for await (const chunk of (await store.open(digest)).stream) {
        expect(chunk).toBeInstanceOf(Buffer);
        break;
      }
      expect((await store.read(digest)).equals(bytes)).toBe(true);
    });
  });
};
