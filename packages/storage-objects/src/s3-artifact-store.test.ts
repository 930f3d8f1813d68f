import { randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { describeArtifactStore, digestOf } from "./artifact-store.contract.ts";
import { LocalArtifactStore } from "./local-artifact-store.ts";
import { S3ArtifactStore } from "./s3-artifact-store.ts";
import { S3Bucket } from "./s3-bucket.ts";
import { missingForRadosgw, type Radosgw, startRadosgw } from "./testing/index.ts";

const missing = missingForRadosgw();
const why = missing.length > 0 ? ` (skipped: ${missing.join(", ")} not installed)` : "";
/** Short, so that a server that is down is given up within seconds. */
const TIMES = { connectMs: 500, requestMs: 3_000, idleMs: 1_000, transferMs: 5_000 };

describe.skipIf(missing.length > 0)(`S3${why}`, () => {
  let dir: string;
  let radosgw: Radosgw;
  const bucketOf = async (name = "artifacts") => await S3Bucket.open(radosgw.settings(name), TIMES);
  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), "patchbay-test-"));
    radosgw = await startRadosgw({ dir });
    await radosgw.makeBucket("artifacts");
  }, 120_000);
  afterAll(async () => {
    await radosgw?.stop();
    rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
  });

  describeArtifactStore("an artifact store in S3", async (folder) => {
    const bucket = await bucketOf();
    const local = await LocalArtifactStore.open(join(folder, "copies"));
    const store = new S3ArtifactStore(bucket, local);
    await store.attach();
    return {
      store,
      damage: async (digest, bytes) => {
        await local.remove(digest);
        await putDamaged(radosgw, digest, bytes);
      },
      lose: async (digest) => {
        await local.remove(digest);
        await bucket.remove(digest);
      },
    };
  });

  describe("nodes with one bucket", () => {
    let folder: string;
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), "patchbay-test-"));
    });
    afterEach(() => rmSync(folder, { recursive: true, force: true }));

    const nodeWith = async (name: string, options: { maxCacheBytes?: number } = {}) => {
      const local = await LocalArtifactStore.open(join(folder, name));
      const bucket = await bucketOf();
      const store = new S3ArtifactStore(bucket, local, options);
      await store.attach();
      return { store, local, bucket };
    };
    const someBytes = (size = 1_000) => {
      const bytes = randomBytes(size);
      return { bytes, digest: digestOf(bytes) };
    };

    it("share what any of them stores, and go on with their copies when the server is down", async () => {
      const [one, two, three] = [await nodeWith("one"), await nodeWith("two"), await nodeWith("three")];
      const { bytes, digest } = someBytes();
      await one.store.put(digest, bytes);
      expect(await two.store.pull(digest)).toBe("fetched");
      expect(await two.store.pull(digest)).toBe("here");
      await radosgw.kill();
      const down = { code: "artifact_store_unavailable", status: 503 };
      try {
        for (const { store } of [one, two]) {
          expect((await store.read(digest)).equals(bytes)).toBe(true);
          expect(await store.addressOf(digest, { fileName: "x", mediaType: "x/y" })).toBeNull();
        }
        const other = someBytes();
        const path = join(folder, "upload");
        writeFileSync(path, other.bytes);
        await expect(one.store.put(other.digest, other.bytes)).rejects.toMatchObject(down);
        await expect(one.store.putFile(other.digest, path)).rejects.toMatchObject(down);
        await expect(one.store.remove(digest)).rejects.toMatchObject(down);
        for (const work of [three.store.read(digest), three.store.open(digest), three.store.pull(digest)])
          await expect(work).rejects.toMatchObject(down);
        expect(await one.local.has(other.digest)).toBe(false);
        expect((await one.store.read(digest)).equals(bytes)).toBe(true);
      } finally {
        await radosgw.start();
      }
      expect((await three.store.read(digest)).equals(bytes)).toBe(true);
    }, 120_000);

    it("mend a damaged copy from the bucket, and refuse a damaged object without keeping it", async () => {
      const { store, local } = await nodeWith("one");
      const { bytes, digest } = someBytes();
      await store.put(digest, bytes);
      const path = join(folder, "one", "sha256", digest.slice(0, 2), digest);
      writeFileSync(path, "damaged");
      expect((await store.read(digest)).equals(bytes)).toBe(true);
      writeFileSync(path, "damaged");
      await expect(buffer((await store.open(digest)).stream)).rejects.toMatchObject({
        code: "artifact_corrupt",
      });
      await expect.poll(() => existsSync(path)).toBe(false);
      expect((await buffer((await store.open(digest)).stream)).equals(bytes)).toBe(true);
      await local.remove(digest);
      await putDamaged(radosgw, digest, Buffer.from("damaged"));
      await expect(store.read(digest)).rejects.toMatchObject({ code: "artifact_corrupt", status: 500 });
      expect(existsSync(path)).toBe(false);
      expect(readdirSync(join(folder, "one", "unfinished"))).toEqual([]);
    });

    it("fetch an artifact once for all who ask at the same time", async () => {
      const [one, two] = [await nodeWith("one"), await nodeWith("two")];
      const { bytes, digest } = someBytes(2_000_000);
      await one.store.put(digest, bytes);
      const get = vi.spyOn(two.bucket, "get");
      await Promise.all(Array.from({ length: 20 }, () => two.store.read(digest)));
      expect(get).toHaveBeenCalledTimes(1);
      expect(readdirSync(join(folder, "two", "unfinished"))).toEqual([]);
    });

    it("keep their copies within a size: the least recently used go, but none that is in use or nowhere else", async () => {
      const { store, local, bucket } = await nodeWith("one", { maxCacheBytes: 3_500 });
      const stored: { bytes: Buffer; digest: string }[] = [];
      const put = async () => {
        const one = someBytes();
        await store.put(one.digest, one.bytes);
        stored.push(one);
        return one.digest;
      };
      const only = someBytes();
      await local.put(only.digest, only.bytes);
      const inUse = await store.localFile(await put());
      for (let count = 0; count < 5; count += 1) await put();
      const left = new Set((await local.list()).map(({ digest }) => digest));
      expect(left.size).toBeLessThanOrEqual(3);
      expect(left.has(only.digest)).toBe(true);
      expect(existsSync(inUse.path)).toBe(true);
      expect(left.has(stored.at(-1)?.digest ?? "")).toBe(true);
      await inUse.release();
      for (const { digest, bytes } of stored) expect((await store.read(digest)).equals(bytes)).toBe(true);
      expect(await bucket.sizeOf(only.digest)).toBeNull();
    });

    it("give addresses that work for anybody, for ranges, for a while, for this artifact only", async () => {
      const { store } = await nodeWith("one");
      const { bytes, digest } = someBytes();
      await store.put(digest, bytes);
      const url = await store.addressOf(digest, { fileName: "acme-1.0.0.zip", mediaType: "application/zip" });
      const answer = await fetch(url ?? "");
      expect(answer.status).toBe(200);
      expect(Object.fromEntries(answer.headers)).toMatchObject({
        "cache-control": "public, max-age=31536000, immutable",
        "content-type": "application/zip",
        "content-disposition": 'attachment; filename="acme-1.0.0.zip"',
      });
      expect(Buffer.from(await answer.arrayBuffer()).equals(bytes)).toBe(true);
      const part = await fetch(url ?? "", { headers: { range: "bytes=10-19" } });
      expect([part.status, (await part.arrayBuffer()).byteLength]).toEqual([206, 10]);
      const other = someBytes();
      await store.put(other.digest, other.bytes);
      const swapped = new URL(url ?? "");
      swapped.pathname = swapped.pathname
        .replace(digest, other.digest)
        .replace(`/${digest.slice(0, 2)}/`, `/${other.digest.slice(0, 2)}/`);
      expect((await fetch(swapped)).status).toBe(403);
      expect(url?.searchParams.get("X-Amz-Expires")).toBe("120");
      await store.remove(digest);
      expect(await store.addressOf(digest, { fileName: "x", mediaType: "x/y" })).toBeNull();
    });

    it("bring to the bucket what a folder held before, and nothing that is damaged or not asked for", async () => {
      const { store, local, bucket } = await nodeWith("one");
      const [old, forgotten, damaged, shared] = [someBytes(), someBytes(), someBytes(), someBytes()];
      for (const { digest, bytes } of [old, forgotten, damaged]) await local.put(digest, bytes);
      await store.put(shared.digest, shared.bytes);
      const { digest } = damaged;
      writeFileSync(join(folder, "one", "sha256", digest.slice(0, 2), digest), "damaged");
      const all = [old, damaged, shared].map((one) => one.digest);
      expect(await store.share([...all, digestOf(Buffer.from("nowhere"))])).toBe(1);
      const there = await bucket.list();
      expect(there.has(old.digest)).toBe(true);
      expect(there.has(digest) || there.has(forgotten.digest)).toBe(false);
    });
  });

  it("stores nothing of bytes that change on their way", async () => {
    const bucket = await bucketOf();
    const digest = digestOf(Buffer.from("honest"));
    await expect(bucket.put(digest, Buffer.from("forged"))).rejects.toMatchObject({
      code: "artifact_corrupt",
    });
    expect(await bucket.sizeOf(digest)).toBeNull();
  });

  it("says what is wrong with credentials and bucket, and until then keeps artifacts in the folder", async () => {
    const right = radosgw.settings("artifacts");
    const keys = right.credentials ?? { accessKeyId: "", secretAccessKey: "" };
    const wrong = [
      [{ ...right, credentials: { ...keys, secretAccessKey: "wrong" } }, /SignatureDoesNotMatch/],
      [{ ...right, credentials: { ...keys, accessKeyId: "nobody" } }, /InvalidAccessKeyId/],
      [{ ...right, credentials: { ...keys, secretAccessKey: "" } }, /PATCHBAY_S3_SECRET_ACCESS_KEY/],
      [{ ...right, bucket: "nowhere" }, /NoSuchBucket/],
    ] as const;
    const folder = mkdtempSync(join(dir, "local-"));
    for (const [settings, message] of wrong) {
      const store = new S3ArtifactStore(
        await S3Bucket.open(settings, TIMES),
        await LocalArtifactStore.open(folder),
      );
      const refusal = await store.attach().catch((error: unknown) => error);
      expect(refusal).toMatchObject({
        code: "artifact_store_refused",
        message: expect.stringMatching(message),
      });
      const bytes = randomBytes(10);
      await store.put(digestOf(bytes), bytes);
      expect((await store.read(digestOf(bytes))).equals(bytes)).toBe(true);
      expect(await store.pull(digestOf(bytes))).toBe("here");
      expect(await store.addressOf(digestOf(bytes), { fileName: "x", mediaType: "x/y" })).toBeNull();
    }
  });
});

/** Behind everybody's back: S3 would not take other bytes under a digest from Patchbay. */
const putDamaged = async (radosgw: Radosgw, digest: string, bytes: Uint8Array): Promise<void> => {
  const { PutObjectCommand, S3Client } = await import("@aws-sdk/client-s3");
  const { endpoint, region, credentials, bucket } = radosgw.settings("artifacts");
  if (endpoint === null || credentials === null) throw new Error("The test's server has both.");
  const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
  const Key = `sha256/${digest.slice(0, 2)}/${digest}`;
  await client.send(new PutObjectCommand({ Bucket: bucket, Key, Body: bytes }));
  client.destroy();
};
