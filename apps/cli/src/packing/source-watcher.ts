import { type Dirent, type FSWatcher, readdirSync, type Stats, statSync, watch } from "node:fs";
import { dirname, join, sep } from "node:path";

/** Editors write a file in several steps. */
const SETTLE_MS = 150;
/** Folders of which everything counts, however deep: what is new there may be just what was missing. */
const WHOLE_FOLDERS = ["src", "assets"];
/** What belongs to a package from the folder itself. Logs, packages and the folders of tests do not. */
const OWN_FILES = /^(?:plugin|package|tsconfig)\.json$|^(?:README|CHANGELOG|LICENSE|NOTICE)(?:\.md)?$/;
const NOT_WATCHED = new Set(["node_modules", ".git"]);

interface Watched {
  readonly watcher: FSWatcher;
  /** Of the folder: one that was removed and made again is another. */
  readonly inode: number;
}

/**
 * Hears of changes in what a plugin's folder is packed from. Each folder is watched by itself: watching a tree, Node loses files that
 * editors put in place by renaming.
 */
export class SourceWatcher {
  readonly #folder: string;
  readonly #changed: () => void;
  readonly #watched = new Map<string, Watched>();
  #inputs: ReadonlySet<string> = new Set();
  #timer: NodeJS.Timeout | undefined;

  /** `changed` is called when a change has settled. */
  constructor(folder: string, changed: () => void) {
    this.#folder = folder;
    this.#changed = changed;
    this.#watchFolders();
  }

  /** Counts these files besides, wherever they lie: absolute paths of what was read when the folder was packed last. */
  follow(inputs: readonly string[]): void {
    this.#inputs = new Set(inputs.filter((path) => !path.split(sep).some((part) => NOT_WATCHED.has(part))));
    this.#watchFolders();
  }

  close(): void {
    clearTimeout(this.#timer);
    for (const { watcher } of this.#watched.values()) watcher.close();
    this.#watched.clear();
  }

  #heard(folder: string, name: string | null): void {
    const isNew = this.#watchFolders();
    if (!isNew && name !== null && !this.#counts(join(folder, name))) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#changed, SETTLE_MS);
  }

  #counts(path: string): boolean {
    if (this.#inputs.has(path)) return true;
    if (dirname(path) === this.#folder) return OWN_FILES.test(path.slice(this.#folder.length + 1));
    return this.#roots().some((root) => path.startsWith(root + sep));
  }

  #roots(): string[] {
    return WHOLE_FOLDERS.map((name) => join(this.#folder, name));
  }

  /** Watches the folders that there are now. Returns whether one of them is new. */
  #watchFolders(): boolean {
    const folders = new Set([
      this.#folder,
      ...this.#roots().flatMap(foldersBelow),
      ...[...this.#inputs].map((path) => dirname(path)),
    ]);
    for (const [folder, { watcher, inode }] of this.#watched) {
      if (folders.has(folder) && statOf(folder)?.ino === inode) continue;
      watcher.close();
      this.#watched.delete(folder);
    }
    const missing = [...folders].filter((folder) => !this.#watched.has(folder));
    return missing.map((folder) => this.#watch(folder)).some((isWatched) => isWatched);
  }

  #watch(folder: string): boolean {
    const found = statOf(folder);
    if (found === undefined) return false;
    const watcher = watcherOf(folder, (name) => this.#heard(folder, name));
    if (watcher === undefined) return false;
    // A folder that goes away is heard of by the one that held it.
    watcher.on("error", () => watcher.close());
    this.#watched.set(folder, { watcher, inode: found.ino });
    return true;
  }
}

/** None where the folder has gone meanwhile. */
const watcherOf = (folder: string, heard: (name: string | null) => void): FSWatcher | undefined => {
  try {
    return watch(folder, (_event, name) => heard(name));
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
};

const isGone = (error: unknown): boolean =>
  error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR");

const statOf = (path: string): Stats | undefined => statSync(path, { throwIfNoEntry: false });

/** The folder itself and all below it; none when it is not there. */
const foldersBelow = (folder: string): string[] => {
  if (statOf(folder)?.isDirectory() !== true) return [];
  const below = entriesOf(folder).filter((entry) => entry.isDirectory() && !NOT_WATCHED.has(entry.name));
  return [folder, ...below.flatMap((entry) => foldersBelow(join(folder, entry.name)))];
};

const entriesOf = (folder: string): Dirent[] => {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (isGone(error)) return [];
    throw error;
  }
};
