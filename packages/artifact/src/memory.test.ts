import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { deflateRawSync } from "node:zlib";
import { expect, test } from "vitest";
import { HOSTILE_ARCHIVES } from "./testing/hostile-archives.ts";
import { temporaryFolder } from "./testing/temporary-files.ts";
import { type CraftedEntry, craftZip, manifestEntry } from "./testing/zip-crafter.ts";

const MiB = 1024 * 1024;
const MAX_GROWTH_BYTES = 100 * MiB;
const SCRIPT = fileURLToPath(new URL("./testing/measure-memory.ts", import.meta.url));
const folder = temporaryFolder();

async function measure(...archives: Buffer[]): Promise<{ growthBytes: number; outcomes: string[] }> {
  const files = await Promise.all(archives.map((bytes) => folder.write(bytes)));
  const { stdout } = await promisify(execFile)(process.execPath, [SCRIPT, ...files]);
  return JSON.parse(stdout);
}

const named = (index: number, folderName = "f") => `${folderName}${index}/${"long-name-".repeat(20)}${index}`;

/** Packages that are as large as packages may be, in every direction, or claim to be smaller than they are. */
const WORST: Record<string, () => CraftedEntry[]> = {
  "a file of 45 MiB that does not pack": () => [{ name: "a", method: 0, content: randomBytes(45 * MiB) }],
  "200 MiB in one file": () => {
    const content = Buffer.alloc(198 * MiB, randomBytes(40_000));
    return [{ name: "a", content }];
  },
  "198 files of 1 MiB": () => {
    const content = Buffer.alloc(MiB, randomBytes(5_000));
    const packed = deflateRawSync(content);
    return Array.from({ length: 198 }, (_, index) => ({ name: `f${index}`, content, packed }));
  },
  "4,900 entries with long names": () =>
    Array.from({ length: 2_450 }, (_, index) => ({
      name: named(index),
      content: "x",
      extra: Buffer.alloc(0),
    })),
  "a file that unpacks to a gigabyte more than it claims": () => {
    const packed = deflateRawSync(Buffer.alloc(512 * MiB));
    return [{ name: "a", packed, unpackedBytes: 100 * MiB }];
  },
  "1,000 small files that unpack to more than they claim": () => {
    const packed = deflateRawSync(Buffer.alloc(30 * MiB));
    return Array.from({ length: 1_000 }, (_, index) => ({
      name: `f${index}`,
      packed,
      unpackedBytes: 100_000,
    }));
  },
};

test.each(Object.entries(WORST))("memory stays bounded with %s", async (_name, entries) => {
  const { growthBytes } = await measure(craftZip({ entries: [manifestEntry(), ...entries()] }));
  expect(growthBytes).toBeLessThan(MAX_GROWTH_BYTES);
});

test("memory stays bounded with all hostile archives in a row", async () => {
  const { growthBytes, outcomes } = await measure(...HOSTILE_ARCHIVES.map(({ build }) => build()));
  expect(outcomes).toEqual(HOSTILE_ARCHIVES.map(({ code }) => code));
  expect(growthBytes).toBeLessThan(MAX_GROWTH_BYTES);
});
