import { execFile, spawnSync } from "node:child_process";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, test } from "vitest";
import yauzl from "yauzl";
import { readPackage } from "./reader.ts";
import { temporaryFolder } from "./testing/temporary-files.ts";
import { MANIFEST } from "./testing/zip-crafter.ts";

const run = promisify(execFile);
/** In the C locale, which a bare shell has, jar cannot read names beyond ASCII. */
const env = { ...process.env, LC_ALL: "C.UTF-8" };
const folder = temporaryFolder();
const FILES = {
  "plugin.json": JSON.stringify(MANIFEST),
  "dist/plugin.js": "export default {}",
  "dist/é日本.txt": "x",
};

const PYTHON = `
import os, sys, zipfile
out, kind = sys.argv[1:3]
class Pipe:
    def __init__(self, file): self.write, self.flush = file.write, file.flush
target = Pipe(open(out, "wb")) if kind == "stream" else out
with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
    for root, _, files in os.walk("plugin"):
        for name in files:
            path = os.path.join(root, name)
            if kind == "zip64":
                with archive.open(zipfile.ZipInfo(path), "w", force_zip64=True) as entry:
                    entry.write(open(path, "rb").read())
            else: archive.write(path)
`;

/** Shell lines that pack the folder \`plugin\` into the file $1, and the program that each needs. */
const PACKERS: [name: string, program: string, line: string][] = [
  ["zip", "zip", 'zip -qr "$1" plugin'],
  ["zip without a folder", "zip", 'cd plugin && zip -qr "$1" .'],
  ["zip to a pipe", "zip", 'zip -qr - plugin > "$1"'],
  ["zip in zip64", "zip", 'zip -q -fz -r "$1" plugin'],
  ["zip without packing", "zip", 'zip -q0r "$1" plugin'],
  ["zip in the C locale", "zip", 'LC_ALL=C zip -qr "$1" plugin'],
  ["Python", "python3", 'python3 pack.py "$1" file'],
  ["Python to a pipe", "python3", 'python3 pack.py "$1" stream'],
  ["Python in zip64", "python3", 'python3 pack.py "$1" zip64'],
  ["jar", "jar", 'jar cf "$1" -C plugin .'],
  ["jar without packing", "jar", 'jar cfM0 "$1" -C plugin .'],
  [
    "git archive",
    "git",
    'cp -r plugin repo && cd repo && git init -q && git add . && git -c user.name=a -c user.email=a@b.c commit -qm a && git archive --format=zip --prefix=plugin-1.0/ -o "$1" HEAD',
  ],
];

const has = (program: string) => spawnSync("sh", ["-c", `command -v ${program}`]).status === 0;

beforeAll(async () => {
  for (const [path, content] of Object.entries(FILES)) {
    const file = join(folder.path, "plugin", path);
    await mkdir(join(file, ".."), { recursive: true });
    await writeFile(file, content);
  }
  await writeFile(join(folder.path, "pack.py"), PYTHON);
});

describe.each(PACKERS.filter(([, program]) => has(program)))(
  "an archive made by %s",
  (name, _program, line) => {
    test("is taken, and reads as packed", async () => {
      const file = join(folder.path, `${name.replaceAll(" ", "-")}.zip`);
      await run("sh", ["-ec", line, "sh", file], { cwd: folder.path, env });
      await using found = await readPackage(file);
      for (const [path, content] of Object.entries(FILES)) {
        expect((await found.readEntry(path)).toString()).toBe(content);
      }
    });
  },
);

test("yauzl lists the same files in the archives that were taken", async () => {
  const archives = (await readdir(folder.path)).filter((file) => file.endsWith(".zip"));
  for (const name of archives) {
    await using found = await readPackage(join(folder.path, name));
    const archive = await yauzl.fromBufferPromise(await readFile(join(folder.path, name)));
    const listed: string[] = [];
    for await (const entry of archive.eachEntry())
      if (!entry.fileName.endsWith("/")) listed.push(entry.fileName);
    // Without the flag for UTF-8 yauzl reads names as code page 437; the number of files is compared all the same.
    expect(listed).toHaveLength(found.entries.length);
    const ascii = (paths: string[]) => paths.filter((path) => /^[\x20-\x7e]+$/.test(path)).sort();
    const ours = ascii(found.entries.map(({ path }) => found.prefix + path));
    expect(ascii(listed)).toEqual(ours);
  }
});
