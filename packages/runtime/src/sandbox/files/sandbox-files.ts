import { createHash } from "node:crypto";
import { constants, type Stats } from "node:fs";
import {
  access,
  chmod,
  copyFile,
  lstat,
  mkdir,
  mkdtemp,
  readFile,
  rename,
  stat,
  writeFile,
} from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { importMap } from "./import-map.ts";

/** Where the files are that a sandbox's process needs. Paths are absolute. */
export interface SandboxFiles {
  readonly deno: string;
  readonly guest: string;
  readonly importMap: string;
  /** The working folder: empty, and not the sandbox's to write. */
  readonly emptyFolder: string;
  /** A path at which nothing can ever be created, because its parent is not a folder. */
  readonly denoDir: string;
}

export interface SandboxFileOptions {
  /** The bundled guest; that of `@patchbay/guest` unless given. */
  readonly guestFile?: string;
  /** The Deno binary; that of the installed package unless given. */
  readonly denoFile?: string;
  /** A folder for what sandboxes read, in a place that everybody may enter; one below the system's temporary folder unless given. */
  readonly folder?: string;
}

const OTHERS_READ = 0o004;
const OTHERS_ENTER = 0o001;
const WRITABLE_BY_OTHERS = 0o022;

/**
 * Puts guest, import map and, where the installed one is out of an unprivileged user's reach, the Deno binary into a
 * folder that belongs to this user and that others can only read. Throws when the guest was not built.
 */
export const prepareSandboxFiles = async (options: SandboxFileOptions = {}): Promise<SandboxFiles> => {
  const guestSource = options.guestFile ?? fileURLToPath(import.meta.resolve("#guest"));
  const guest = await readGuest(guestSource);
  const folder = await ownFolder(
    options.folder ?? join(tmpdir(), `patchbay-sandbox-${process.getuid?.() ?? 0}`),
  );
  const emptyFolder = join(folder, "empty");
  await mkdir(emptyFolder, { recursive: true });
  await chmod(emptyFolder, 0o555);
  return {
    deno: await reachableDeno(options.denoFile ?? (await installedDeno()), folder),
    guest: await place(folder, "guest", ".js", guest),
    importMap: await place(folder, "imports", ".json", JSON.stringify(importMap())),
    emptyFolder,
    denoDir: "/dev/null/deno",
  };
};

const readGuest = async (path: string): Promise<string> => {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    throw new Error(`The guest is not at ${path}: build it with \`npm run build -w @patchbay/guest\`.`, {
      cause,
    });
  }
};

/** The folder if it is safe, else a fresh one: in a shared temporary folder anybody may have been first. */
const ownFolder = async (path: string): Promise<string> => {
  await mkdir(path, { mode: 0o755 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
  const found = await lstat(path);
  const isSafe =
    found.isDirectory() &&
    found.uid === (process.getuid?.() ?? found.uid) &&
    (found.mode & WRITABLE_BY_OTHERS) === 0;
  const folder = isSafe ? path : await mkdtemp(`${path}-`);
  await chmod(folder, 0o755);
  return folder;
};

/** Writes a file that is named by its content, so that servers of different versions can share the folder. */
const place = async (folder: string, name: string, ending: string, content: string): Promise<string> => {
  const digest = createHash("sha256").update(content).digest("hex").slice(0, 16);
  const path = join(folder, `${name}-${digest}${ending}`);
  if ((await readFile(path, "utf8").catch(() => null)) === content) return path;
  const temporary = `${path}.${process.pid}`;
  await writeFile(temporary, content, { mode: 0o644 });
  await rename(temporary, path);
  return path;
};

const installedDeno = async (): Promise<string> => {
  const require = createRequire(import.meta.url);
  const folder = dirname(require.resolve("deno/package.json"));
  for (const name of ["deno", "deno.exe"]) {
    const path = join(folder, name);
    if (await isExecutable(path)) return path;
  }
  // The package's own script puts the binary into place when npm did not run it.
  const binary = require("deno/install_api.cjs") as { runInstall(): string };
  return binary.runInstall();
};

const isExecutable = (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  );

const reachableDeno = async (source: string, folder: string): Promise<string> => {
  if (process.getuid?.() !== 0 || (await everybodyCanRun(source))) return source;
  const { size, mtimeMs } = await stat(source);
  const copy = join(folder, `deno-${size}-${Math.trunc(mtimeMs)}`);
  if ((await lstat(copy).catch(() => null))?.size === size) return copy;
  const temporary = `${copy}.${process.pid}`;
  await copyFile(source, temporary, constants.COPYFILE_FICLONE);
  await chmod(temporary, 0o755);
  await rename(temporary, copy);
  return copy;
};

const everybodyCanRun = async (path: string): Promise<boolean> => {
  const wanted = OTHERS_READ | OTHERS_ENTER;
  if (!allows(await stat(path), wanted)) return false;
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    if (!allows(await stat(folder), OTHERS_ENTER)) return false;
    if (folder === dirname(folder)) return true;
  }
};

const allows = ({ mode }: Stats, bits: number): boolean => (mode & bits) === bits;
