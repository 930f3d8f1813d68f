import { randomBytes } from "node:crypto";
import { readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { MAX_ARCHIVE_BYTES, MAX_UNPACKED_BYTES, PatchbayError } from "@patchbay/protocol";
import fc from "fast-check";
import { expect, test } from "vitest";
import { readPackage } from "./reader.ts";
import { temporaryFolder } from "./testing/temporary-files.ts";
import { MANIFEST } from "./testing/zip-crafter.ts";
import { type PackageFile, writePackage } from "./writer.ts";

const folder = temporaryFolder();
const manifest = { path: "plugin.json", content: JSON.stringify(MANIFEST) };
const output = (name: string) => join(folder.path, name);
const partials = async () => (await readdir(folder.path)).filter((name) => name.includes("partial"));

test("writes what the reader reads, and says what it wrote", async () => {
  const large = randomBytes(2_000_000);
  const files = [
    manifest,
    { path: "dist/plugin.js", content: "export default {}" },
    { path: "data.bin", content: large },
  ];
  const written = await writePackage({ files, output: output("a.zip") });
  await using found = await readPackage(output("a.zip"));
  expect(found).toMatchObject(written);
  expect(await found.readEntry("data.bin")).toEqual(large);
  expect(found.entries.map(({ path }) => path)).toEqual(["data.bin", "dist/plugin.js", "plugin.json"]);
});

test("the same files give the same bytes, in any order, from memory or disk, in any time zone", async () => {
  const content = "export const x = 1;".repeat(100_000);
  await writeFile(output("source.js"), content);
  const fromDisk = { path: "dist/plugin.js", sourcePath: output("source.js") };
  const fromMemory = { path: "dist/plugin.js", content };
  const files = [{ path: "ä.txt", content: "a" }, { path: "Z.txt", content: "z" }, manifest];
  const first = await writePackage({ files: [...files, fromDisk], output: output("1.zip") });
  const zone = process.env.TZ;
  process.env.TZ = "Asia/Kathmandu";
  const second = await writePackage({ files: [fromMemory, ...files.toReversed()], output: output("2.zip") });
  process.env.TZ = zone ?? "";
  expect(second.digest).toBe(first.digest);
  expect(await readFile(output("1.zip"))).toEqual(await readFile(output("2.zip")));
});

test("stores what packs so well that the reader would take it for a bomb", async () => {
  const zeros = { path: "zeros.bin", content: Buffer.alloc(5_000_000) };
  const written = await writePackage({ files: [manifest, zeros], output: output("zeros.zip") });
  expect(written.archiveBytes).toBeGreaterThan(5_000_000);
});

test("whatever files it takes, the reader takes too", async () => {
  const part = fc.stringMatching(/^[a-z0-9 ._-]{1,12}$/);
  const path = fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join("/"));
  const files = fc.array(fc.record({ path, content: fc.uint8Array({ maxLength: 100 }) }), { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(files, async (some) => {
      const written = writePackage({ files: [manifest, ...some], output: output("any.zip") });
      await written.catch((fault: unknown) => {
        if (!(fault instanceof PatchbayError)) throw fault;
      });
    }),
    { numRuns: 60 },
  );
});

test.each<[name: string, code: string, files: () => PackageFile[]]>([
  ["a path out of the package", "archive_traversal", () => [{ path: "../a", content: "" }]],
  ["a path with backslashes", "archive_backslash", () => [{ path: "a\\b", content: "" }]],
  [
    "the same path twice",
    "archive_duplicate",
    () => [
      { path: "a", content: "" },
      { path: "a", content: "" },
    ],
  ],
  [
    "paths that differ in case",
    "archive_case_collision",
    () => [
      { path: "a", content: "" },
      { path: "A", content: "" },
    ],
  ],
  ["a folder", "archive_bad_name", () => [{ path: "a/", content: "" }]],
  ["a file that is not there", "directory_unreadable", () => [{ path: "a", sourcePath: output("none") }]],
  ["a device", "archive_special_file", () => [{ path: "a", sourcePath: "/dev/zero" }]],
  ["a link", "directory_unreadable", () => [{ path: "a", sourcePath: output("link") }]],
  [
    "too much to unpack",
    "archive_unpacked_too_large",
    () => [{ path: "a", content: Buffer.alloc(MAX_UNPACKED_BYTES) }],
  ],
  ["too much packed", "package_too_large", () => [{ path: "a", content: randomBytes(MAX_ARCHIVE_BYTES) }]],
  ["a bundle that is missing", "entry_missing", () => []],
])("refuses %s, and leaves nothing behind", async (name, code, files) => {
  if (name === "a link") await symlink(output("source.js"), output("link"));
  const broken = { ...manifest, content: JSON.stringify({ ...MANIFEST, main: "none.js" }) };
  const list = [code === "entry_missing" ? broken : manifest, ...files()];
  await writeFile(output("kept.zip"), "before");
  await expect(writePackage({ files: list, output: output("kept.zip") })).rejects.toMatchObject({ code });
  expect(await readFile(output("kept.zip"), "utf8")).toBe("before");
  expect(await partials()).toEqual([]);
});
