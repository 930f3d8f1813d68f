import { join } from "node:path";
import { postgresBinaries, runnableBinaries } from "./binaries.ts";
import { ensureCluster } from "./cluster.ts";
import { writeConfiguration } from "./configuration.ts";
import { connectionTo, type EmbeddedConnection, ensureDatabase } from "./connect.ts";
import { explainFileError } from "./errors.ts";
import { databaseUsers } from "./identity.ts";
import type { LauncherLog } from "./launcher-log.ts";
import { openLayout, openSocketFolder, removeShortSocketFolder } from "./layout.ts";
import { LOCK_WAIT_MS } from "./limits.ts";
import { type FolderLock, lockFolder } from "./lock.ts";
import { hasProc } from "./processes.ts";
import { adoptServer, launchServer, type ServerPlan, stopServer } from "./server.ts";
import { Watch } from "./watch.ts";

/** A PostgreSQL server that belongs to this process. */
export interface EmbeddedPostgres {
  readonly connection: EmbeddedConnection;
  /** Whether it was already running: left by a Patchbay that was killed. */
  readonly adopted: boolean;
  /** The server's process number now; it changes when the server crashes and is started again. */
  readonly pid: number;
  /** Stops the server, waits until its processes have ended and frees the data folder. May be called more than once. */
  stop(): Promise<void>;
}

export interface EmbeddedPostgresOptions {
  /** Patchbay's data folder; everything of the database is in its subfolder `postgres`. */
  readonly dataDir: string;
  readonly log: LauncherLog;
  /** Milliseconds to wait for another Patchbay on the same folder to end. */
  readonly waitMs?: number;
}

/**
 * Starts PostgreSQL on the data folder, creating the database on first use, and keeps it running: a server that crashes is
 * started again. It listens on a Unix socket only, which only its user and root can open.
 *
 * The server outlives this process when that is killed, so that nothing it was writing is lost; the next start on the
 * folder takes it over. Nobody stops it when there is no next start.
 *
 * Run as root, the server runs as the owner of an existing cluster, as the user `patchbay` when the machine has one, else as a
 * user number that no account has. It reaches the data folder by its working folder and its programs by a copy in
 * /var/lib/patchbay, so closed folders above (such as /root) do not matter. See `docs/adr/0001-embedded-postgres-for-root.md`.
 *
 * @throws DatabaseStartError with a reason and a message for people: the folder is in use, full, read-only or someone else's,
 * was made by another version, or the programs do not run on this system.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const layout = openLayout(options.dataDir);
  let lock: FolderLock | undefined;
  try {
    const users = databaseUsers(layout.cluster);
    lock = await lockFolder(layout.locks, {
      waitMs: options.waitMs ?? LOCK_WAIT_MS,
      onWait: (pid) => options.log.info(`Waiting for process ${pid}, which uses the data folder, to end.`),
    });
    const binaries = runnableBinaries(postgresBinaries(), users.server);
    await ensureCluster(layout, binaries, users);
    const plan: ServerPlan = {
      layout,
      binaries,
      user: users.server,
      socketFolder: openSocketFolder(layout, users.server),
    };
    return await runServer(plan, lock, options.log);
  } catch (error) {
    lock?.release();
    throw explainFileError(error, layout.root);
  }
}

async function runServer(plan: ServerPlan, lock: FolderLock, log: LauncherLog): Promise<EmbeddedPostgres> {
  const { cluster } = plan.layout;
  const changed = configure(plan);
  const orphan = changed ? undefined : await adoptServer(plan);
  const server = orphan ?? (await launchServer(plan));
  if (orphan !== undefined)
    log.info(`Took over the database server that was left running (process ${orphan.pid}).`);
  try {
    await ensureDatabase(plan.socketFolder);
  } catch (error) {
    await stopServer(server, cluster);
    throw error;
  }
  const watch = new Watch(server, () => launchServer(plan), log);
  let stopped: Promise<void> | undefined;
  const stop = async () => {
    await stopServer(await watch.end(), cluster);
    removeShortSocketFolder(plan.layout);
    lock.release();
  };
  return {
    connection: connectionTo(plan.socketFolder),
    adopted: orphan !== undefined,
    get pid() {
      return watch.server.pid;
    },
    stop: () => (stopped ??= stop()),
  };
}

/** Writes the server's settings; true when they changed. The socket's folder is named so that the server can enter it. */
function configure(plan: ServerPlan): boolean {
  const { layout, socketFolder } = plan;
  const reachable =
    plan.user !== undefined && hasProc && socketFolder === layout.run ? "../run" : socketFolder;
  return writeConfiguration(join(layout.cluster, "postgresql.conf"), reachable);
}
