import { MAX_ARCHIVE_ENTRIES } from "@patchbay/protocol";
import { quoteName, refuseArchive, refuseEntry } from "./refusal.ts";

interface Taken {
  /** The path as it was first spelled, without a trailing slash. */
  readonly path: string;
  readonly kind: "file" | "folder";
  /** Whether the archive lists it, or it only follows from a path below it. */
  listed: boolean;
}

const PLAIN_ASCII = /^[\x20-\x7e]*$/;

/**
 * What a path is to a file system that ignores case, Unicode form and invisible characters. Upper case comes first:
 * it joins letters that have several lower-case forms (ß and ss, ς and σ).
 */
export function foldPath(path: string): string {
  if (PLAIN_ASCII.test(path)) return path.toLowerCase();
  return path
    .normalize("NFKC")
    .replace(/\p{Default_Ignorable_Code_Point}/gu, "")
    .toUpperCase()
    .toLowerCase()
    .normalize("NFKC");
}

/**
 * Every path of a package, the folders that follow from paths among them. Adding one that exists, or that a file
 * system could take for one that exists, is refused with `archive_duplicate` or `archive_case_collision`; so is a
 * file that is used as a folder.
 */
export class NameIndex {
  readonly #taken = new Map<string, Taken>();

  /** `name` ends with a slash when it is a folder's. It must have passed `checkEntryName`. */
  add(name: string): void {
    for (
      let slash = name.indexOf("/");
      slash !== -1 && slash < name.length - 1;
      slash = name.indexOf("/", slash + 1)
    ) {
      this.#claim(name.slice(0, slash), "folder", false, name);
    }
    if (name.endsWith("/")) this.#claim(name.slice(0, -1), "folder", true, name);
    else this.#claim(name, "file", true, name);
  }

  #claim(path: string, kind: Taken["kind"], listed: boolean, name: string): void {
    const key = foldPath(path);
    const taken = this.#taken.get(key);
    if (taken === undefined) {
      this.#taken.set(key, { path, kind, listed });
      if (this.#taken.size > MAX_ARCHIVE_ENTRIES) throw tooMany();
      return;
    }
    if (taken.path !== path) {
      throw refuseEntry(
        "archive_case_collision",
        name,
        `cannot be told from ${quoteName(taken.path)} on every system. Rename one of them.`,
      );
    }
    if (taken.kind !== kind) {
      throw refuseEntry(
        "archive_duplicate",
        name,
        `needs ${quoteName(path)} to be both a file and a folder. Rename one.`,
      );
    }
    if (taken.listed && listed) {
      throw refuseEntry("archive_duplicate", name, "comes twice. Pack again; each name may come once.");
    }
    taken.listed ||= listed;
  }
}

const tooMany = () =>
  refuseArchive(
    "archive_too_many_entries",
    `The package has more than ${MAX_ARCHIVE_ENTRIES} files and folders. Leave out what is not used.`,
  );
