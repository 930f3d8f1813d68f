import type { Dirent, Stats } from "node:fs";
import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { MAX_ARCHIVE_ENTRIES, MAX_UNPACKED_BYTES, PatchbayError } from "@patchbay/protocol";
import type { PackageFile } from "./writer.ts";
import { checkEntryName } from "./zip/entry-names.ts";
import { NameIndex } from "./zip/name-index.ts";
import { refuseEntry } from "./zip/refusal.ts";

export interface ReadDirectoryOptions {
  /**
   * Whether to leave out a file or folder; a folder's path ends with a slash. Asked instead of `isClutter`, and before
   * anything is checked.
   */
  readonly ignore?: (path: string) => boolean;
}

const CLUTTER: ReadonlySet<string> = new Set([
  ".git",
  ".hg",
  ".svn",
  "node_modules",
  ".DS_Store",
  "Thumbs.db",
]);

/** Files in which people keep what is theirs alone: variables of an environment, passwords for other servers, private keys. */
const SECRETS =
  /^(?:\.env(?:\..+)?|\.npmrc|\.netrc|\.pypirc|\.git-credentials|id_(?:rsa|dsa|ecdsa|ed25519))$/;

/** What no package is meant to hold: version control's and the file manager's own, installed dependencies, and secrets. */
export const isClutter = (path: string): boolean =>
  path.split("/").some((part) => CLUTTER.has(part) || SECRETS.test(part));

/**
 * The files below a folder, for `writePackage`, with the checks that an archive's entries get: names, links, special
 * files, number and size. Sorted by path; empty folders are left out. Throws `archive_*`, or `directory_unreadable`
 * when the folder or something in it cannot be read.
 */
export async function readDirectory(
  root: string,
  options: ReadDirectoryOptions = {},
): Promise<PackageFile[]> {
  const ignore = options.ignore ?? isClutter;
  const files: PackageFile[] = [];
  const names = new NameIndex();
  let left = MAX_UNPACKED_BYTES;
  await checkRoot(root);
  for await (const { path, stats } of walk(root, "", ignore)) {
    names.add(path);
    left -= stats.size;
    if (left < 0) throw tooLarge();
    files.push({ path, sourcePath: join(root, path) });
  }
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

async function checkRoot(root: string): Promise<void> {
  const stats = await readable(root, () => lstat(root));
  if (!stats.isDirectory())
    throw new PatchbayError("directory_unreadable", `${JSON.stringify(root)} is not a folder.`);
}

interface FoundFile {
  readonly path: string;
  readonly stats: Stats;
}

async function* walk(
  root: string,
  folder: string,
  ignore: (path: string) => boolean,
): AsyncGenerator<FoundFile> {
  const children = await readable(join(root, folder), () =>
    readdir(join(root, folder), { withFileTypes: true }),
  );
  if (children.length > MAX_ARCHIVE_ENTRIES) throw tooMany(folder);
  for (const child of children) {
    const path = folder + child.name + (child.isDirectory() ? "/" : "");
    if (ignore(path)) continue;
    checkName(path);
    if (child.isDirectory()) yield* walk(root, path, ignore);
    else yield { path, stats: await statFile(root, path, child) };
  }
}

function checkName(path: string): void {
  // Node puts this character where a name is not UTF-8.
  if (path.includes("\ufffd"))
    throw refuseEntry("archive_bad_name", path, "has a name that is not UTF-8. Rename it.");
  checkEntryName(path);
}

async function statFile(root: string, path: string, child: Dirent): Promise<Stats> {
  if (child.isSymbolicLink()) {
    throw refuseEntry("archive_symlink", path, "is a symbolic link. Put the file itself into the folder.");
  }
  const stats = await readable(join(root, path), () => lstat(join(root, path)));
  if (!stats.isFile()) {
    throw refuseEntry("archive_special_file", path, "is a device, pipe or socket. Leave it out.");
  }
  return stats;
}

async function readable<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new PatchbayError(
      "directory_unreadable",
      `${JSON.stringify(path)} cannot be read: ${reason}. Check the path and its access rights.`,
      { cause },
    );
  }
}

const tooMany = (folder: string) =>
  new PatchbayError(
    "archive_too_many_entries",
    `The folder ${JSON.stringify(folder || ".")} holds more than ${MAX_ARCHIVE_ENTRIES} entries. Leave out what is not used.`,
  );

const tooLarge = () =>
  new PatchbayError(
    "archive_unpacked_too_large",
    `The files together are larger than ${MAX_UNPACKED_BYTES / 1024 / 1024} MiB. Leave out what is not used.`,
  );
