import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync, realpathSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { PostgresBinaries } from "./binaries.ts";
import { clusterArgument } from "./cluster.ts";
import { answers } from "./connect.ts";
import { DatabaseStartError, errorCode, explainServerOutput, faultLines } from "./errors.ts";
import type { Identity } from "./identity.ts";
import type { Layout } from "./layout.ts";
import {
  FAST_STOP_DEADLINE_MS,
  IMMEDIATE_STOP_DEADLINE_MS,
  LOG_TAIL_BYTES,
  MAX_SERVER_LOG_BYTES,
  POLL_MS,
  START_DEADLINE_MS,
  START_RETRY_PAUSES_MS,
} from "./limits.ts";
import {
  executableOf,
  findProcess,
  hasProc,
  isPostgres,
  postgresProcessesIn,
  type RunningProcess,
  signal,
  stillRuns,
  waitForEnd,
  workingFolderOf,
} from "./processes.ts";
import { serverEnvironment } from "./run.ts";

/** What a server needs to be started or taken over. */
export interface ServerPlan {
  readonly layout: Layout;
  readonly binaries: PostgresBinaries;
  readonly user: Identity | undefined;
  readonly socketFolder: string;
}

/** What else a failed start may have been, besides wrong from the ground up: remains of a server that just died. */
const PASSING_FAULT =
  /pre-existing shared memory block|lock file ".*" already exists|could not bind|could not create any/;

/**
 * The server of the plan's cluster that still runs because the Patchbay that started it was killed; undefined when there
 * is none, or when it cannot be kept: it is about to stop, does not answer, or runs other programs than the plan's.
 */
export async function adoptServer(plan: ServerPlan): Promise<RunningProcess | undefined> {
  const found = findServer(plan.layout.cluster);
  if (found === undefined || executableOf(found.pid) !== programPath(plan)) return undefined;
  const ready = await waitUntilReady(plan, found);
  return ready && (await answers(plan.socketFolder)) ? found : undefined;
}

/**
 * Starts the plan's server and waits until it is ready; remains of an earlier one are cleared away first.
 *
 * @throws DatabaseStartError with the reason, or with the end of the server's log.
 */
export async function launchServer(plan: ServerPlan): Promise<RunningProcess> {
  await clearRemains(plan);
  for (let attempt = 0; ; attempt += 1) {
    const outcome = await launchOnce(plan);
    if (typeof outcome !== "string") return outcome;
    const known = explainServerOutput(outcome, plan.layout.cluster);
    if (known !== undefined) throw known;
    const pause = START_RETRY_PAUSES_MS[attempt];
    // An unknown fault gets one more chance; remains of a dead server get time to go away.
    if (pause === undefined || (attempt > 0 && !PASSING_FAULT.test(outcome)))
      throw startFailed(plan, outcome);
    await sleep(pause);
    await clearRemains(plan);
  }
}

/** Stops a server: politely (connections are closed, nothing is lost), then with growing force. */
export async function stopServer(server: RunningProcess, cluster: string): Promise<void> {
  if (stillRuns(server)) signal(server.pid, "SIGINT");
  if (await waitForEnd(server, FAST_STOP_DEADLINE_MS)) return;
  signal(server.pid, "SIGQUIT");
  if (await waitForEnd(server, IMMEDIATE_STOP_DEADLINE_MS)) return;
  signal(server.pid, "SIGKILL");
  await endOrphans(cluster);
}

/** The running server of this cluster, by `postmaster.pid`, which a dead server or another machine may have left. */
export function findServer(cluster: string): RunningProcess | undefined {
  const pid = readPostmasterFile(cluster)?.pid;
  if (pid === undefined || !isPostgres(pid)) return undefined;
  if (hasProc && workingFolderOf(pid) !== cluster) return undefined;
  return findProcess(pid);
}

/** Starts the server once. Returns what it wrote to its log when it ended before it was ready. */
async function launchOnce(plan: ServerPlan): Promise<RunningProcess | string> {
  const { layout, binaries, user } = plan;
  const logStart = prepareLog(layout.log);
  const log = openSync(layout.log, "a", 0o600);
  const child = spawn(binaries.postgres, ["-D", clusterArgument(layout.cluster, user)], {
    ...user,
    cwd: layout.cluster,
    env: serverEnvironment(),
    // A session of its own: Ctrl-C in the terminal is for Patchbay, which stops the server when it is done with it.
    detached: true,
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  const failure = new Promise<Error>((resolve) => child.once("error", resolve));
  const ended = new Promise<"ended">((resolve) => child.once("exit", () => resolve("ended")));
  child.unref();
  if (child.pid === undefined) throw await failure;
  const server = findProcess(child.pid);
  if (server !== undefined && (await waitUntilReady(plan, server))) return server;
  if (server !== undefined && stillRuns(server)) await stopServer(server, layout.cluster);
  await ended;
  return readFileSync(layout.log).subarray(logStart).subarray(-LOG_TAIL_BYTES).toString();
}

/** Waits until the server accepts connections; false when it ends, is about to, or takes too long. */
async function waitUntilReady(plan: ServerPlan, server: RunningProcess): Promise<boolean> {
  const deadline = performance.now() + START_DEADLINE_MS;
  while (stillRuns(server) && performance.now() < deadline) {
    const file = readPostmasterFile(plan.layout.cluster);
    if (file?.pid === server.pid && file.status === "ready") return true;
    if (file?.pid === server.pid && file.status === "stopping") return false;
    await sleep(POLL_MS);
  }
  return false;
}

/**
 * Removes what a dead server left. The caller holds the folder's lock and knows that no server runs that it wants to keep.
 * PostgreSQL does most of this itself, but takes any process that got the dead one's number for the server; and it relies
 * on `postmaster.pid` to find the dead one's last children, so those have to be gone before the file is.
 */
async function clearRemains(plan: ServerPlan): Promise<void> {
  const { cluster } = plan.layout;
  const running = findServer(cluster);
  if (running !== undefined) await stopServer(running, cluster);
  await endOrphans(cluster);
  if (hasProc) rmSync(join(cluster, "postmaster.pid"), { force: true });
  rmSync(join(plan.socketFolder, ".s.PGSQL.5432"), { force: true });
  rmSync(join(plan.socketFolder, ".s.PGSQL.5432.lock"), { force: true });
}

async function endOrphans(cluster: string): Promise<void> {
  for (const name of ["SIGTERM", "SIGKILL"] as const) {
    const orphans = postgresProcessesIn(cluster);
    for (const { pid } of orphans) signal(pid, name);
    await Promise.all(orphans.map((orphan) => waitForEnd(orphan, IMMEDIATE_STOP_DEADLINE_MS)));
  }
}

/** The lines of `postmaster.pid` that matter; undefined when there is none or it is half written. */
function readPostmasterFile(cluster: string): { pid: number; status: string | undefined } | undefined {
  try {
    const lines = readFileSync(join(cluster, "postmaster.pid"), "utf8").split("\n");
    const pid = Number.parseInt(lines[0] ?? "", 10);
    return pid > 0 ? { pid, status: lines[7]?.trim() } : undefined;
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** Sets an overgrown log aside; returns the length of the one in use. */
function prepareLog(path: string): number {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size <= MAX_SERVER_LOG_BYTES) return size;
  renameSync(path, `${path}.1`);
  return 0;
}

const programPath = (plan: ServerPlan): string => realpathSync(plan.binaries.postgres);

function startFailed(plan: ServerPlan, output: string): DatabaseStartError {
  return new DatabaseStartError(
    "failed",
    `The database server did not start. The end of its log, ${plan.layout.log}:\n${faultLines(output)}`,
  );
}
