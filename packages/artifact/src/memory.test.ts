import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { deflateRawSync } from "node:zlib";
import { expect, test } from "vitest";
import { HOSTILE_ARCHIVES } from "./testing/hostile-archives.ts";
import { temporaryFolder } from "./testing/temporary-files.ts";
import { type CraftedEntry, craftZip, extraField, manifestEntry } from "./testing/zip-crafter.ts";

const MiB = 1024 * 1024;
const MAX_GROWTH_BYTES = 100 * MiB;
const SCRIPT = fileURLToPath(new URL("./testing/measure-memory.ts", import.meta.url));
const folder = temporaryFolder();

async function measure(...archives: Buffer[]): Promise<{ growthBytes: number; outcomes: string[] }> {
  const files = await Promise.all(archives.map((bytes) => folder.write(bytes)));
  const { stdout } = await promisify(execFile)(process.execPath, [SCRIPT, ...files]);
  return JSON.parse(stdout);
}

/** Random bytes over and over: packs well, but not as a bomb does. */
const repeating = (length: number, period: number) => Buffer.alloc(length, randomBytes(period));

const digest = /^[0-9a-f]{64}$/;

/** Packages that are as large as packages may be, in every direction, or claim to be smaller than they are. */
const WORST: [name: string, outcome: RegExp, entries: () => CraftedEntry[]][] = [
  [
    "a file of 45 MiB that does not pack",
    digest,
    () => [{ name: "a", method: 0, content: randomBytes(45 * MiB) }],
  ],
  ["198 MiB in one file", digest, () => [{ name: "a", content: repeating(198 * MiB, 20_000) }]],
  [
    "198 files of 1 MiB",
    digest,
    () => {
      const content = repeating(MiB, 5_000);
      const packed = deflateRawSync(content);
      return Array.from({ length: 198 }, (_, index) => ({ name: `f${index}`, content, packed }));
    },
  ],
  [
    "2,000 files of 100 KB",
    digest,
    () => {
      const content = repeating(100_000, 5_000);
      const packed = deflateRawSync(content);
      return Array.from({ length: 2_000 }, (_, index) => ({ name: `f${index}`, content, packed }));
    },
  ],
  [
    "4,900 files and folders with long names and long extra fields",
    digest,
    () =>
      Array.from({ length: 2_450 }, (_, index) => ({
        name: `f${index}/${"long-name-".repeat(20)}${index}`,
        content: "x",
        central: { extra: extraField(0xcafe, Buffer.alloc(2_500)) },
      })),
  ],
  [
    "a file of a gigabyte that claims to have 100 MiB",
    /^archive_size_mismatch$/,
    () => [{ name: "a", packed: deflateRawSync(Buffer.alloc(1_024 * MiB)), unpackedBytes: 100 * MiB }],
  ],
  [
    "small files that each unpack to 300 times what they claim",
    /^archive_size_mismatch$/,
    () => [{ name: "a", packed: deflateRawSync(Buffer.alloc(30 * MiB)), unpackedBytes: 100_000 }],
  ],
];

test.each(WORST)("memory stays bounded with %s", { timeout: 60_000 }, async (_name, outcome, entries) => {
  const { growthBytes, outcomes } = await measure(craftZip({ entries: [manifestEntry(), ...entries()] }));
  expect(outcomes).toEqual([expect.stringMatching(outcome)]);
  expect(growthBytes).toBeLessThan(MAX_GROWTH_BYTES);
});

test("memory stays bounded with all hostile archives in a row", async () => {
  const { growthBytes, outcomes } = await measure(...HOSTILE_ARCHIVES.map(({ build }) => build()));
  expect(outcomes).toEqual(HOSTILE_ARCHIVES.map(({ code }) => code));
  expect(growthBytes).toBeLessThan(MAX_GROWTH_BYTES);
});
