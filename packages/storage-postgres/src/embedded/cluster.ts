import {
  chmodSync,
  chownSync,
  closeSync,
  fsyncSync,
  lchownSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { join } from "node:path";
import type { PostgresBinaries } from "./binaries.ts";
import { DatabaseStartError, errorCode, explainServerOutput, faultLines } from "./errors.ts";
import { type DatabaseUsers, type Identity, requireOwnAccount } from "./identity.ts";
import type { Layout } from "./layout.ts";
import { hasProc } from "./processes.ts";
import { runToEnd } from "./run.ts";

/** The role that everything is done as. It owns the cluster; only its socket's folder decides who may connect. */
export const DATABASE_ROLE = "patchbay";
const UNFINISHED_PREFIX = "cluster.unfinished-";

/**
 * How a PostgreSQL process is told its data folder. One that runs for root as another user often may not enter the folders
 * above (a checkout in /root, a data folder of mode 0700), but it may use its working folder, which root sets for it.
 * Works from PostgreSQL 16 on: earlier ones leave their working folder while they start.
 */
export function clusterArgument(cluster: string, user: Identity | undefined): string {
  return user !== undefined && hasProc ? "/proc/self/cwd" : cluster;
}

/**
 * Makes sure that there is a complete cluster which these programs can open, owned by the right user. It is created
 * beside its final place and renamed, so that a start that is interrupted leaves nothing that looks like a cluster.
 */
export async function ensureCluster(
  layout: Layout,
  binaries: PostgresBinaries,
  users: DatabaseUsers,
): Promise<void> {
  removeUnfinished(layout);
  const version = clusterVersion(layout.cluster);
  if (version === undefined) await createCluster(layout, binaries, users);
  else if (version !== binaries.major) throw otherVersion(layout, version, binaries);
  else if (users.server !== undefined && statSync(layout.cluster).uid !== users.server.uid)
    giveTo(layout.cluster, users.server);
}

async function createCluster(
  layout: Layout,
  binaries: PostgresBinaries,
  users: DatabaseUsers,
): Promise<void> {
  if (users.creator === undefined) requireOwnAccount();
  const folder = mkdtempSync(join(layout.root, UNFINISHED_PREFIX));
  try {
    await fillCluster(folder, binaries, users);
    renameSync(folder, layout.cluster);
    syncFolder(layout.root);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

async function fillCluster(folder: string, binaries: PostgresBinaries, users: DatabaseUsers): Promise<void> {
  if (users.creator !== undefined) chownSync(folder, users.creator.uid, users.creator.gid);
  const folderArgument = clusterArgument(folder, users.creator);
  await initializeCluster(folder, binaries, { user: users.creator, folderArgument, auth: ["--auth=trust"] });
  if (users.server !== undefined) giveTo(folder, users.server);
}

/** Runs initdb on an empty folder that belongs to `user`. @throws DatabaseStartError with what it said. */
export async function initializeCluster(
  folder: string,
  binaries: PostgresBinaries,
  options: { user: Identity | undefined; folderArgument: string; auth: readonly string[] },
): Promise<void> {
  // Sorting by code point is the same on every machine and survives updates of the system's libraries.
  const locale =
    binaries.major >= 17 ? ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] : ["--locale=C.UTF-8"];
  const args = [
    "-D",
    options.folderArgument,
    "-U",
    DATABASE_ROLE,
    "-E",
    "UTF8",
    ...locale,
    ...options.auth,
    "--no-instructions",
  ];
  const { code, output } = await runToEnd(binaries.initdb, args, { user: options.user, cwd: folder });
  if (code === 0) return;
  throw (
    explainServerOutput(output, folder) ??
    new DatabaseStartError("failed", `Creating the database in ${folder} failed:\n${faultLines(output)}`)
  );
}

/** Removes what interrupted starts left. One whose initdb still runs is left for the next start. */
function removeUnfinished(layout: Layout): void {
  for (const name of readdirSync(layout.root)) {
    if (!name.startsWith(UNFINISHED_PREFIX)) continue;
    try {
      rmSync(join(layout.root, name), { recursive: true, force: true, maxRetries: 3 });
    } catch (error) {
      // Files come and go under a running initdb's hands.
      if (errorCode(error) !== "ENOTEMPTY" && errorCode(error) !== "ENOENT") throw error;
    }
  }
}

/** The major version that made the cluster; undefined when there is none. */
function clusterVersion(cluster: string): number | undefined {
  const file = join(cluster, "PG_VERSION");
  try {
    return Number.parseInt(readFileSync(file, "utf8"), 10);
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw error;
  }
  const entries = statSync(cluster, { throwIfNoEntry: false }) === undefined ? [] : readdirSync(cluster);
  if (entries.length === 0) return undefined;
  throw new DatabaseStartError(
    "failed",
    `${cluster} is not a PostgreSQL data folder: ${file} is missing. Restore it, or move the folder away.`,
  );
}

/** Gives a folder and all below it to a user. */
function giveTo(folder: string, user: Identity): void {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    lchownSync(join(entry.parentPath, entry.name), user.uid, user.gid);
  }
  chownSync(folder, user.uid, user.gid);
  chmodSync(folder, 0o700);
}

/** Makes a rename in the folder survive a power failure. */
function syncFolder(folder: string): void {
  const descriptor = openSync(folder, "r");
  fsyncSync(descriptor);
  closeSync(descriptor);
}

function otherVersion(layout: Layout, version: number, binaries: PostgresBinaries): DatabaseStartError {
  return new DatabaseStartError(
    "version_mismatch",
    `The database in ${layout.cluster} was made by PostgreSQL ${version}, and this Patchbay brings PostgreSQL ${binaries.major}. ` +
      "Start the Patchbay that made it and save the data with `patchbay backup`, then restore it into an empty data folder.",
  );
}
