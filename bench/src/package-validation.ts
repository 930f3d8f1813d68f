import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type PackageFile, readPackage, writePackage } from "@patchbay/artifact";
import { LocalArtifactStore } from "@patchbay/storage-objects";
import { median, type Row } from "./row.ts";

const ROUNDS = 7;
const FILES = 2_000;
/** Per file, half of it text: makes an archive of about 40 MB. */
const FILE_BYTES = 28_000;
const PEER = "unzip -t + sha256sum";

const run = promisify(execFile);

/**
 * Taking in a package of 40 MB and 2,000 files: checking all of it, its digest, and a copy in the artifact store,
 * beside `unzip -t` and `sha256sum` one after the other on the same file, in turns. The store flushes its copy to the
 * disk and reads it back, which the peers do not; the first row leaves that out, the second has it.
 */
export const benchPackageValidation = async (): Promise<Row[]> => {
  const folder = await mkdtemp(join(tmpdir(), "patchbay-bench-packages-"));
  try {
    const archive = join(folder, "package.zip");
    const { archiveBytes } = await writePackage({ files: makeFiles(), output: archive });
    const times = await measure(folder, archive);
    const size = `${Math.round(archiveBytes / 1e6)} MB, ${FILES} files`;
    const peers = { [PEER]: median(times.peer) };
    const goal = `at most 1.2 times ${PEER}`;
    return [
      {
        what: `package validated, digested, copied (${size})`,
        unit: "ms",
        patchbay: median(times.copied),
        peers,
        goal,
      },
      { what: `the same, stored durably (${size})`, unit: "ms", patchbay: median(times.stored), peers },
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

async function measure(folder: string, archive: string) {
  const times = { copied: [] as number[], stored: [] as number[], peer: [] as number[] };
  for (let round = 0; round < ROUNDS; round += 1) {
    times.copied.push(await timed(() => validateAndCopy(archive, join(folder, `copy-${round}`))));
    times.peer.push(await timed(() => unzipAndSum(archive)));
    const store = await LocalArtifactStore.open(join(folder, `store-${round}`));
    times.stored.push(await timed(() => validateAndStore(archive, store)));
  }
  return times;
}

async function validateAndCopy(archive: string, target: string): Promise<void> {
  await using _checked = await readPackage(archive);
  await copyFile(archive, target);
}

async function validateAndStore(archive: string, store: LocalArtifactStore): Promise<void> {
  await using checked = await readPackage(archive);
  await store.putFile(checked.digest, archive);
}

async function unzipAndSum(archive: string): Promise<void> {
  await run("unzip", ["-tqq", archive]);
  await run("sha256sum", [archive]);
}

async function timed(task: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await task();
  return performance.now() - start;
}

/** The same files at every run: half words, half bytes that do not pack, as bundles and images are. */
function makeFiles(): PackageFile[] {
  const manifest = {
    id: "bench.large",
    name: "Large",
    version: "1.0.0",
    description: "A package of many files.",
    author: { name: "Patchbay" },
    category: "utility",
    engines: { patchbay: "*" },
    main: "plugin.js",
  };
  const files: PackageFile[] = [
    { path: "plugin.json", content: JSON.stringify(manifest) },
    { path: "plugin.js", content: "export default {};" },
  ];
  while (files.length < FILES) {
    const index = files.length;
    files.push({ path: `assets/${index % 40}/${index}.bin`, content: fileContent(index) });
  }
  return files;
}

function fileContent(index: number): Buffer {
  const pieces: Buffer[] = [];
  let length = 0;
  for (let block = 0; length < FILE_BYTES; block += 1) {
    const digest = createHash("sha512").update(`${index}/${block}`).digest();
    const words = Buffer.from(
      `const value${digest.readUInt8(0)} = compute(${digest.readUInt8(1)}, options);`,
    );
    pieces.push(digest, words.subarray(0, 40));
    length += digest.length + 40;
  }
  return Buffer.concat(pieces, FILE_BYTES);
}

if (import.meta.main) process.stdout.write(`${JSON.stringify(await benchPackageValidation(), null, 2)}\n`);
