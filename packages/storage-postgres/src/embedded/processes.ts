import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { basename } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { errorCode } from "./errors.ts";
import { POLL_MS } from "./limits.ts";

const DELETED_MARK = / \(deleted\)$/;

/** Whether `/proc` describes processes here. Without it (macOS) a process is known by its number alone. */
export const hasProc = existsSync("/proc/self/stat");

/** A process that runs. `startTicks` is its start in clock ticks since boot: with the number it names a process for good. */
export interface RunningProcess {
  readonly pid: number;
  readonly startTicks: string;
}

/** The process with this number, or undefined when there is none or only its exit status is left. */
export function findProcess(pid: number): RunningProcess | undefined {
  if (!hasProc) return signal(pid, 0) ? { pid, startTicks: "0" } : undefined;
  const stat = readOrUndefined(() => readFileSync(`/proc/${pid}/stat`, "utf8"));
  if (stat === undefined) return undefined;
  // The second field is the command's name in brackets and may itself contain spaces and brackets.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [state, startTicks] = [fields[0], fields[19]];
  if (state === "Z" || state === "X" || startTicks === undefined) return undefined;
  return { pid, startTicks };
}

/** Whether exactly this process still runs: not a later one that was given the same number. */
export function stillRuns(process: RunningProcess): boolean {
  return findProcess(process.pid)?.startTicks === process.startTicks;
}

/** Sends a signal; true when the process exists and may be signalled, or exists and belongs to someone else. */
export function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    process.kill(pid, name);
    return true;
  } catch (error) {
    if (errorCode(error) === "ESRCH") return false;
    if (errorCode(error) === "EPERM") return true;
    throw error;
  }
}

/** Waits until the process has ended; false when it has not within the time. */
export async function waitForEnd(process: RunningProcess, milliseconds: number): Promise<boolean> {
  const deadline = performance.now() + milliseconds;
  while (stillRuns(process)) {
    if (performance.now() > deadline) return false;
    await sleep(POLL_MS);
  }
  return true;
}

/**
 * Path of the program that a process runs, with the kernel's mark when that file was deleted since; undefined when the
 * process has ended or may not be looked at.
 */
export function executableOf(pid: number): string | undefined {
  if (hasProc) return readOrUndefined(() => readlinkSync(`/proc/${pid}/exe`));
  return (
    spawnSync("ps", ["-o", "comm=", "-p", String(pid)], { encoding: "utf8" }).stdout?.trim() || undefined
  );
}

/** The folder that a process works in; undefined when it cannot be told. */
export function workingFolderOf(pid: number): string | undefined {
  return readOrUndefined(() => readlinkSync(`/proc/${pid}/cwd`));
}

/** Every process called `postgres` whose working folder is `folder`: a server of that cluster or one of its children. */
export function postgresProcessesIn(folder: string): RunningProcess[] {
  if (!hasProc) return [];
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => workingFolderOf(pid) === folder && isPostgres(pid))
    .flatMap((pid) => findProcess(pid) ?? []);
}

/** Whether the process runs a program called `postgres`, also when the file was replaced since. */
export function isPostgres(pid: number): boolean {
  return basename((executableOf(pid) ?? "").replace(DELETED_MARK, "")) === "postgres";
}

// A process may end between any two looks at it, and others' may not be looked at: both are "nothing to see".
function readOrUndefined<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (["ENOENT", "ESRCH", "EACCES", "EPERM"].includes(errorCode(error) ?? "")) return undefined;
    throw error;
  }
}
