import { execFileSync } from "node:child_process";
import { chmod, mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { MAX_ARCHIVE_ENTRIES } from "@patchbay/protocol";
import { beforeEach, expect, test } from "vitest";
import { readDirectory } from "./directory.ts";
import { temporaryFolder } from "./testing/temporary-files.ts";
import { MANIFEST } from "./testing/zip-crafter.ts";
import { writePackage } from "./writer.ts";

const folder = temporaryFolder();
let root = "";
let count = 0;

async function put(path: string, content = "x"): Promise<string> {
  const file = join(root, path);
  await mkdir(join(file, ".."), { recursive: true });
  await writeFile(file, content);
  return file;
}

beforeEach(async () => {
  count += 1;
  root = join(folder.path, `source-${count}`);
  await put("plugin.json", JSON.stringify(MANIFEST));
});

test("lists the files below a folder, and they make a package", async () => {
  await put("dist/b/deep.js");
  await put("dist/a.js");
  await mkdir(join(root, "empty"));
  const files = await readDirectory(root);
  expect(files.map(({ path }) => path)).toEqual(["dist/a.js", "dist/b/deep.js", "plugin.json"]);
  const written = await writePackage({ files, output: join(folder.path, "made.zip") });
  expect(written.manifest.id).toBe(MANIFEST.id);
});

test("leaves clutter out, or what the caller says instead", async () => {
  await put("node_modules/left-pad/index.js");
  await put(".git/config");
  await put("src/index.ts");
  await put("src/.DS_Store");
  for (const secret of [".env", ".env.local", "src/.npmrc", "id_ed25519"]) await put(secret);
  const paths = async (ignore?: (path: string) => boolean) =>
    (await readDirectory(root, ignore === undefined ? {} : { ignore })).map(({ path }) => path);
  expect(await paths()).toEqual(["plugin.json", "src/index.ts"]);
  expect(await paths((path) => path !== "plugin.json")).toEqual(["plugin.json"]);
});

test.each<[name: string, code: string, make: () => unknown]>([
  ["a link to a file", "archive_symlink", () => symlink("/etc/passwd", join(root, "link"))],
  ["a link to a folder", "archive_symlink", () => symlink("/etc", join(root, "link"))],
  ["a pipe", "archive_special_file", () => execFileSync("mkfifo", [join(root, "pipe")])],
  ["names that differ in case", "archive_case_collision", () => Promise.all([put("a.js"), put("A.js")])],
  ["a backslash in a name", "archive_backslash", () => put("a\\b.js")],
  ["a line break in a name", "archive_bad_name", () => put("a\nb.js")],
  [
    "a name that is not UTF-8",
    "archive_bad_name",
    () => writeFile(Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0xff])]), ""),
  ],
])("refuses %s", async (_name, code, make) => {
  await make();
  await expect(readDirectory(root)).rejects.toMatchObject({ code });
});

test("refuses more files than a package may have", async () => {
  await mkdir(join(root, "many"));
  const names = Array.from({ length: MAX_ARCHIVE_ENTRIES + 1 }, (_, index) => join(root, "many", `${index}`));
  await Promise.all(names.map((name) => writeFile(name, "")));
  await expect(readDirectory(root)).rejects.toMatchObject({ code: "archive_too_many_entries" });
});

test.each([
  ["is not there", () => join(root, "none")],
  ["is a file", () => join(root, "plugin.json")],
])("refuses a folder that %s", async (_name, path) => {
  await expect(readDirectory(path())).rejects.toMatchObject({ code: "directory_unreadable" });
});

const unlessRoot = process.getuid?.() === 0 ? () => undefined : test;

// Root reads everything.
unlessRoot("refuses a folder that it may not read", async () => {
  await mkdir(join(root, "closed"));
  await chmod(join(root, "closed"), 0);
  await expect(readDirectory(root)).rejects.toMatchObject({ code: "directory_unreadable" });
});
