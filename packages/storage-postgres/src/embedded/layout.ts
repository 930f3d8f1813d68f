import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { errorCode, explainFileError } from "./errors.ts";
import type { Identity } from "./identity.ts";
import { MAX_SOCKET_PATH_BYTES } from "./limits.ts";

/** Where the parts of the embedded database are. All paths are absolute and free of symbolic links. */
export interface Layout {
  /** Holds everything below; belongs to whoever starts Patchbay. */
  readonly root: string;
  /** PostgreSQL's own data folder. */
  readonly cluster: string;
  /** Claims of the processes that use the folder. */
  readonly locks: string;
  /** The server's log. */
  readonly log: string;
  /** Default folder of the socket; see `openSocketFolder`. */
  readonly run: string;
}

const SOCKET_NAME = "/.s.PGSQL.5432";

/** Makes sure that the data folder exists and can be used, and says where things are in it. */
export function openLayout(dataDir: string): Layout {
  const wanted = join(resolve(dataDir), "postgres");
  try {
    // Closed to everyone else when it is created here: Patchbay keeps its keys in the same folder.
    makeFolder(resolve(dataDir), 0o700);
    makeFolder(wanted, 0o711);
    const root = realpathSync(wanted);
    return {
      root,
      cluster: join(root, "cluster"),
      locks: join(root, "locks"),
      log: join(root, "server.log"),
      run: join(root, "run"),
    };
  } catch (error) {
    throw explainFileError(error, wanted);
  }
}

/**
 * The folder for the server's socket, open to its user only. It is `run` in the data folder unless that path is too long
 * for a socket; then it is a short one in the system's temporary folder, whose name is kept in `socket-folder`.
 */
export function openSocketFolder(layout: Layout, user: Identity | undefined): string {
  const folder = fitsSocket(layout.run) ? layout.run : shortFolder(layout, user);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (user !== undefined) chownSync(folder, user.uid, user.gid);
  chmodSync(folder, 0o700);
  return folder;
}

/** Removes a socket folder outside the data folder, so that a stopped Patchbay leaves nothing there. */
export function removeShortSocketFolder(layout: Layout): void {
  const folder = recordedFolder(layout);
  if (folder === undefined) return;
  rmSync(folder, { recursive: true, force: true });
  rmSync(recordPath(layout), { force: true });
}

/** Like a recursive `mkdir`, which however says "no such file" where the file system is read-only. */
function makeFolder(path: string, mode: number): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
  if (dirname(path) !== path) makeFolder(dirname(path), mode);
  try {
    mkdirSync(path, { mode });
  } catch (error) {
    if (errorCode(error) !== "EEXIST" || !statSync(path).isDirectory()) throw error;
  }
}

const fitsSocket = (folder: string): boolean =>
  Buffer.byteLength(folder + SOCKET_NAME) <= MAX_SOCKET_PATH_BYTES;
const recordPath = (layout: Layout): string => join(layout.root, "socket-folder");

function shortFolder(layout: Layout, user: Identity | undefined): string {
  const recorded = recordedFolder(layout);
  // The temporary folder is everyone's: after a restart of the machine the name may have been taken by another user.
  if (recorded !== undefined && belongsTo(recorded, user?.uid ?? process.getuid?.())) return recorded;
  const parent = fitsSocket(join(tmpdir(), "patchbay-XXXXXX")) ? tmpdir() : "/tmp";
  const folder = mkdtempSync(join(parent, "patchbay-"));
  writeFileSync(recordPath(layout), folder);
  return folder;
}

function recordedFolder(layout: Layout): string | undefined {
  if (!existsSync(recordPath(layout))) return undefined;
  return readFileSync(recordPath(layout), "utf8").trim() || undefined;
}

function belongsTo(folder: string, uid: number | undefined): boolean {
  try {
    const found = lstatSync(folder);
    return found.isDirectory() && found.uid === uid;
  } catch (error) {
    if (errorCode(error) === "ENOENT") return false;
    throw error;
  }
}
