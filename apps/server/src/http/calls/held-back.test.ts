import { mkdtemp, readdir, readlink, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { FilePiece } from "@patchbay/core";
import { PatchbayError } from "@patchbay/protocol";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { heldBack } from "./held-back.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

const KiB = 1024;

let folder: string;
const BROKEN_OFF = { code: "invalid_request" };

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "patchbay-held-"));
});
afterEach(async () => await rm(folder, { recursive: true }));

/** How many files of the folder are open; none of them has a name that would outlive this process. */
const openFiles = async (): Promise<number> => {
  expect(await readdir(folder)).toEqual([]);
  const links = await Promise.all(
    (await readdir("/proc/self/fd")).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => "")),
  );
  return links.filter((path) => path.startsWith(folder)).length;
};

/** Pieces of 64 KiB of two files, each byte its piece's number. */
const sourceOf = (count: number) => {
  const source = { taken: 0, isClosed: false };
  const pieces = (async function* (): AsyncGenerator<FilePiece> {
    try {
      for (; source.taken < count; source.taken += 1) {
        yield { bytes: new Uint8Array(64 * KiB).fill(source.taken % 251), ends: false };
        if (source.taken === 10) yield { bytes: new Uint8Array(0), ends: true };
      }
      yield { bytes: new Uint8Array(0), ends: true };
    } finally {
      source.isClosed = true;
    }
  })();
  return { source, pieces };
};

/** The files that pieces make. */
const filesOf = async (pieces: AsyncIterable<FilePiece>): Promise<Buffer[]> => {
  const files: Buffer[] = [];
  let chunks: Uint8Array[] = [];
  for await (const { bytes, ends } of pieces) {
    chunks.push(bytes);
    if (!ends) continue;
    files.push(Buffer.concat(chunks));
    chunks = [];
  }
  return files;
};

describe("an answer that is held back", () => {
  it.each([0, 5, 12, 100])(
    "has all of its %i pieces in their order, of which none came before",
    async (count) => {
      const { promise: until, resolve } = Promise.withResolvers<void>();
      const { source, pieces } = sourceOf(count);
      const held = heldBack(pieces, until, folder);
      const reading = filesOf(held);
      let isRead = false;
      void reading.then(() => (isRead = true));
      await expect.poll(() => source.isClosed).toBe(true);
      expect(isRead).toBe(false);
      // Little is held in memory.
      expect(await openFiles()).toBe(count * 64 > 1024 ? 1 : 0);
      resolve();
      const [expected, found] = [await filesOf(sourceOf(count).pieces), await reading];
      expect(found.map((file, place) => file.equals(expected[place] as Buffer))).toEqual(
        expected.map(() => true),
      );
      expect(await openFiles()).toBe(0);
    },
  );

  it("is not in memory while it waits, however long that is", async () => {
    const { promise: until, reject } = Promise.withResolvers<void>();
    const seen: WeakRef<Uint8Array>[] = [];
    const { source, pieces } = sourceOf(200);
    const watched = (async function* () {
      for await (const piece of pieces) {
        seen.push(new WeakRef(piece.bytes));
        yield piece;
      }
    })();
    const refused = expect(filesOf(heldBack(watched, until, folder))).rejects.toMatchObject(BROKEN_OFF);
    await expect.poll(() => source.isClosed).toBe(true);
    await expect
      .poll(() => {
        collectGarbage();
        return seen.filter((bytes) => bytes.deref() !== undefined).length;
      })
      .toBeLessThan(20);
    reject(new PatchbayError("invalid_request", "The form broke off."));
    await refused;
  });

  it("is not in memory either when it comes in very small pieces", async () => {
    const { promise: until, resolve } = Promise.withResolvers<void>();
    const pieces = (async function* (): AsyncGenerator<FilePiece> {
      for (let count = 0; count < 5_000; count += 1)
        yield { bytes: new Uint8Array([count % 251]), ends: false };
      yield { bytes: new Uint8Array(0), ends: true };
    })();
    const reading = filesOf(heldBack(pieces, until, folder));
    await expect.poll(openFiles).toBe(1);
    resolve();
    const [file] = await reading;
    expect([...(file ?? [])]).toEqual(Array.from({ length: 5_000 }, (_, count) => count % 251));
  });

  it("goes on as it is read once it is let go", async () => {
    const { source, pieces } = sourceOf(100);
    const held = heldBack(pieces, Promise.resolve(), folder);
    for (let count = 0; count < 3; count += 1) await held.next();
    expect(source.taken).toBeLessThan(10);
    await held.return(undefined);
    expect(source.isClosed).toBe(true);
    expect(await readdir(folder)).toEqual([]);
  });

  it("ends with what was waited for, and leaves nothing behind", async () => {
    const { promise: until, reject } = Promise.withResolvers<void>();
    const { source, pieces } = sourceOf(100);
    const refused = expect(filesOf(heldBack(pieces, until, folder))).rejects.toMatchObject(BROKEN_OFF);
    await expect.poll(() => source.taken).toBe(100);
    reject(new PatchbayError("invalid_request", "The form broke off."));
    await refused;
    expect(source.isClosed).toBe(true);
    expect(await readdir(folder)).toEqual([]);
  });
});
