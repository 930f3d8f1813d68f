import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";

export interface ProcessUsage {
  /** Resident memory in bytes, shared pages of the binary included. */
  readonly residentBytes: number;
  /** The part of it that is the process's own; all of it where the system does not tell. */
  readonly privateBytes: number;
  /** Processor time since its start. */
  readonly cpuMs: number;
}

const KiB = 1024;
/** `/proc` counts processor time in ticks of 1/100 s on every Linux that Node runs on. */
const TICK_MS = 10;
const NONE: ProcessUsage = { residentBytes: 0, privateBytes: 0, cpuMs: 0 };
const run = promisify(execFile);

/** What processes use: read at once from `/proc` on Linux, asked of `ps` elsewhere. */
export class ProcessUsageTable {
  readonly #last = new Map<number, ProcessUsage>();

  /** The latest known; zeros for a process that is gone or was never looked at. */
  get(pid: number): ProcessUsage {
    return (process.platform === "linux" ? readProc(pid) : this.#last.get(pid)) ?? NONE;
  }

  /** Looks at these processes, where that takes a program; forgets the others. */
  async refresh(pids: readonly number[]): Promise<void> {
    if (process.platform === "linux" || pids.length === 0) return;
    const { stdout } = await run("ps", ["-o", "pid=,rss=,time=", "-p", pids.join(",")]).catch(() => ({
      stdout: "",
    }));
    this.#last.clear();
    for (const line of stdout.split("\n")) {
      const [pid, rss, time = ""] = line.trim().split(/\s+/);
      const bytes = Number(rss) * KiB;
      if (pid)
        this.#last.set(Number(pid), { residentBytes: bytes, privateBytes: bytes, cpuMs: parseTime(time) });
    }
  }
}

const readProc = (pid: number): ProcessUsage | undefined => {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "latin1");
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    const field = (name: string): number =>
      Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status)?.[1] ?? 0) * KiB;
    // The command's name may contain anything; the numbers begin after its closing bracket, with field 3.
    const numbers = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return {
      residentBytes: field("VmRSS"),
      privateBytes: field("RssAnon") || field("VmRSS"),
      cpuMs: (Number(numbers[11]) + Number(numbers[12])) * TICK_MS,
    };
  } catch {
    // The process is gone.
    return undefined;
  }
};

/** `[[dd-]hh:]mm:ss[.cc]` in milliseconds. */
const parseTime = (text: string): number =>
  text
    .replace("-", ":")
    .split(":")
    .reverse()
    .reduce((sum, part, index) => sum + Number(part) * ([1, 60, 3_600, 86_400][index] ?? 0), 0) * 1000;
