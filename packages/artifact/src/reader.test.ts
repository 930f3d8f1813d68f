import { createHash, randomBytes } from "node:crypto";
import { open } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import { crc32, deflateRawSync } from "node:zlib";
import { expect, test } from "vitest";
import { openPackage, readPackage } from "./reader.ts";
import { temporaryFolder } from "./testing/temporary-files.ts";
import {
  type CraftedEntry,
  craftZip,
  extraField,
  MANIFEST,
  manifestEntry,
  uint32,
  uint64,
} from "./testing/zip-crafter.ts";

const folder = temporaryFolder();
const code: CraftedEntry = { name: "dist/plugin.js", content: "export default {}" };
const read = async (...entries: CraftedEntry[]) => readPackage(await folder.write(craftZip({ entries })));

test("says what a package holds", async () => {
  const bytes = craftZip({ entries: [manifestEntry({ main: "./dist/plugin.js" }), { name: "dist/" }, code] });
  await using found = await readPackage(await folder.write(bytes));
  expect(found.manifest).toMatchObject({ ...MANIFEST, main: "./dist/plugin.js" });
  expect(found.digest).toBe(createHash("sha256").update(bytes).digest("hex"));
  expect(found).toMatchObject({ prefix: "", archiveBytes: bytes.length });
  expect(found.entries.map(({ path }) => path)).toEqual(["plugin.json", "dist/plugin.js"]);
  expect(found.entry("./dist/plugin.js")).toEqual({
    path: "dist/plugin.js",
    size: 17,
    crc32: crc32("export default {}"),
  });
  expect(found.entry("dist")).toBeUndefined();
});

test("reads files whole and as streams, small and large", async () => {
  const large = Buffer.alloc(3 * 1024 * 1024, randomBytes(40_000));
  const stored = { name: "stored.bin", content: large, method: 0 };
  await using found = await read(manifestEntry(), code, { name: "large.txt", content: large }, stored);
  expect((await found.readEntry("dist/plugin.js")).toString()).toBe("export default {}");
  expect(await found.readEntry("large.txt")).toEqual(large);
  expect(await buffer(found.openEntry("large.txt"))).toEqual(large);
  expect(await buffer(found.openEntry("stored.bin"))).toEqual(large);
  await expect(found.readEntry("nothing.js")).rejects.toMatchObject({ code: "entry_missing" });
  expect(() => found.openEntry("../plugin.json")).toThrow("no file");
});

test("takes a single top-level folder off all paths", async () => {
  const inside = [
    { ...manifestEntry(), name: "weather-1.0/plugin.json" },
    { ...code, name: "weather-1.0/main.js" },
  ];
  await using found = await read(...inside, {
    name: "__MACOSX/weather-1.0/._plugin.json",
    content: "finder",
  });
  expect(found.prefix).toBe("weather-1.0/");
  expect(found.entries.map(({ path }) => path)).toEqual(["plugin.json", "main.js"]);
});

test("prefers the manifest at the root to one in a folder", async () => {
  await using found = await read(
    { ...manifestEntry({ id: "acme.inner" }), name: "a/plugin.json" },
    manifestEntry(),
  );
  expect(found.manifest.id).toBe("acme.crafted");
});

test.each([
  ["nothing at all", [], "is empty"],
  ["no manifest", [code], 'holds "dist/"'],
  ["two folders", [{ ...manifestEntry(), name: "a/plugin.json" }, { name: "b/c" }], '"a/plugin.json"'],
  ["a manifest that is too deep", [{ ...manifestEntry(), name: "a/b/plugin.json" }], '"a/b/plugin.json"'],
  ["a manifest in another spelling", [{ ...manifestEntry(), name: "Plugin.json" }], '"Plugin.json"'],
])("explains what it found instead of a manifest: %s", async (_name, entries, hint) => {
  const message = expect.stringContaining(hint);
  await expect(read(...entries)).rejects.toMatchObject({ code: "manifest_missing", message });
});

test.each([
  ["no JSON", "{", "manifest_invalid", "not JSON"],
  ["no UTF-8", Buffer.from([0x22, 0xff, 0x22]), "manifest_invalid", "not JSON in UTF-8"],
  [
    "too large",
    JSON.stringify({ ...MANIFEST, description: "x".repeat(300_000) }),
    "manifest_invalid",
    "256 KiB",
  ],
  ["an unknown field", JSON.stringify({ ...MANIFEST, mian: "x" }), "manifest_invalid", "mian"],
  [
    "a bad range",
    JSON.stringify({ ...MANIFEST, engines: { patchbay: "soon" } }),
    "manifest_invalid",
    "/engines/patchbay",
  ],
  [
    "a missing bundle",
    JSON.stringify({ ...MANIFEST, main: "dist/none.js" }),
    "entry_missing",
    "dist/none.js",
  ],
  [
    "a missing icon of a view",
    JSON.stringify({
      ...MANIFEST,
      ui: MANIFEST.main,
      permissions: { required: ["ui.page"] },
      contributes: { views: [{ name: "a", title: "A", place: "page", icon: "view.svg" }] },
    }),
    "entry_missing",
    "contributes.views[0].icon",
  ],
  ["a missing icon", JSON.stringify({ ...MANIFEST, icon: "icon.svg" }), "entry_missing", '"icon"'],
])("refuses a manifest with %s", async (_name, content, expected, hint) => {
  const refused = read({ name: "plugin.json", content }, code);
  await expect(refused).rejects.toMatchObject({ code: expected, message: expect.stringContaining(hint) });
});

const packed = deflateRawSync("export default {}");
const sizes = [packed.length, 17] as const;
const checksum = crc32("export default {}");
const unknown = { crc32: 0, packedBytes: 0, unpackedBytes: 0 };

test.each([
  ["with a signature", uint32(0x08074b50, checksum, ...sizes)],
  ["without a signature", uint32(checksum, ...sizes)],
  ["in 64 bits", Buffer.concat([uint32(0x08074b50, checksum), uint64(...sizes)])],
  ["in 64 bits without a signature", Buffer.concat([uint32(checksum), uint64(...sizes)])],
])("takes a data descriptor %s", async (_name, after) => {
  await using found = await read({ ...code, flags: 0x808, local: unknown, after }, manifestEntry());
  expect((await found.readEntry("dist/plugin.js")).toString()).toBe("export default {}");
});

test("takes an archive with a comment, and a zip inside the zip", async () => {
  const inner = craftZip({ entries: [manifestEntry(), code] });
  const entries = [manifestEntry(), { name: "inner.zip", content: inner, method: 0 }];
  await using found = await readPackage(
    await folder.write(craftZip({ entries, comment: Buffer.from("hello") })),
  );
  expect(await found.readEntry("inner.zip")).toEqual(inner);
});

test("takes zeros behind the extra fields, with which packers move files to round addresses", async () => {
  const padded = (bytes: number) => ({
    name: `dist/${bytes}.bin`,
    content: "x",
    extra: Buffer.concat([extraField(0xcafe, Buffer.from([1, 2])), Buffer.alloc(bytes)]),
  });
  const file = await folder.write(craftZip({ entries: [manifestEntry(), padded(1), padded(3), padded(40)] }));
  await using opened = await openPackage(file);
  expect((await opened.readEntry("dist/40.bin")).toString()).toBe("x");
});

test("leaves a handle that it was given open, and closes a file that it opened", async () => {
  const file = await folder.write(craftZip({ entries: [manifestEntry(), code] }));
  await using handle = await open(file);
  const borrowed = await readPackage(handle);
  await borrowed.close();
  expect((await handle.stat()).isFile()).toBe(true);
  const owned = await openPackage(file);
  await owned.close();
  await expect(owned.readEntry("plugin.json")).rejects.toThrow();
});

test("notices when a stored package is changed after it was validated", async () => {
  const bytes = craftZip({ entries: [manifestEntry(), { ...code, method: 0 }] });
  bytes.write("X", bytes.indexOf("export default"));
  await using opened = await openPackage(await folder.write(bytes));
  await expect(opened.readEntry("dist/plugin.js")).rejects.toMatchObject({ code: "archive_bad_crc" });
  const streamed = buffer(opened.openEntry("dist/plugin.js"));
  await expect(streamed).rejects.toMatchObject({ code: "archive_bad_crc" });
});

test("stops when it is told to", async () => {
  const file = await folder.write(craftZip({ entries: [manifestEntry()] }));
  await expect(readPackage(file, { signal: AbortSignal.abort() })).rejects.toThrow("aborted");
});
