import { randomBytes } from "node:crypto";
import { MAX_ARCHIVE_BYTES, PatchbayError } from "@patchbay/protocol";
import fc from "fast-check";
import { expect, test } from "vitest";
import { openPackage, readPackage } from "./reader.ts";
import { temporaryFolder } from "./testing/temporary-files.ts";
import { craftZip, extraField, manifestEntry, uint64 } from "./testing/zip-crafter.ts";
import { foldPath } from "./zip/name-index.ts";

const folder = temporaryFolder();

const valid = craftZip({
  entries: [
    manifestEntry(),
    { name: "dist/" },
    { name: "dist/plugin.js", content: "export default {}".repeat(50) },
    { name: "dist/stored.bin", content: randomBytes(300), method: 0 },
    { name: "dist/wide.bin", content: "w", extra: extraField(1, uint64(1)) },
  ],
  zip64: {},
});

/** Validates the bytes, and then reads every file that they have; all faults must be for the uploader to read. */
async function survive(bytes: Uint8Array): Promise<void> {
  const file = await folder.write(bytes);
  for (const read of [readPackage, openPackage]) {
    try {
      await using opened = await read(file);
      for (const entry of opened.entries) await opened.readEntry(entry.path);
    } catch (fault) {
      if (!(fault instanceof PatchbayError)) throw fault;
    }
  }
}

test("random bytes are refused, never more", async () => {
  await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 2_000 }), survive), { numRuns: 150 });
});

test("a valid archive with some bytes changed is taken or refused, never more", async () => {
  const change = fc.tuple(fc.nat(valid.length - 1), fc.integer({ min: 0, max: 255 }));
  const changes = fc.array(change, { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(changes, async (places) => {
      const bytes = Buffer.from(valid);
      for (const [index, value] of places) bytes[index] = value;
      await survive(bytes);
    }),
    { numRuns: 500 },
  );
});

test("every single flipped bit of a valid archive is survived", async () => {
  for (let bit = 0; bit < valid.length * 8; bit += 3) {
    const bytes = Buffer.from(valid);
    bytes.writeUInt8(bytes.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
    await survive(bytes);
  }
});

test("a flipped bit never changes content unnoticed", async () => {
  await using original = await readPackage(await folder.write(valid));
  const content = await original.readEntry("dist/plugin.js");
  for (let bit = 0; bit < valid.length * 8; bit += 17) {
    const bytes = Buffer.from(valid);
    bytes.writeUInt8(bytes.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
    const changed = await readPackage(await folder.write(bytes)).catch(() => undefined);
    if (changed?.entry("dist/plugin.js") !== undefined) {
      expect(await changed.readEntry("dist/plugin.js")).toEqual(content);
    }
    await changed?.close();
  }
});

test("an archive cut off anywhere is refused", async () => {
  for (let length = 0; length < valid.length; length += 1) {
    await expect(readPackage(await folder.write(valid.subarray(0, length)))).rejects.toBeInstanceOf(
      PatchbayError,
    );
  }
});

test("a file that is too large is refused before it is read", async () => {
  const bytes = Buffer.alloc(MAX_ARCHIVE_BYTES + 1);
  await expect(readPackage(await folder.write(bytes))).rejects.toMatchObject({ code: "package_too_large" });
});

test("folding a path twice gives the same as once, and case never matters", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (path) => {
      expect(foldPath(foldPath(path))).toBe(foldPath(path));
      expect(foldPath(path.toUpperCase())).toBe(foldPath(path.toUpperCase().toLowerCase()));
    }),
  );
});
