import { readFile } from "node:fs/promises";

/**
 * Resident memory in bytes of the processes that `pid` has started, as far as the system tells: Linux does, elsewhere
 * and for processes that have ended the answer is 0.
 */
export async function childrenMemory(pid: number): Promise<number> {
  const children = await readProc(`/proc/${pid}/task/${pid}/children`);
  const sizes = await Promise.all(children.split(" ").filter(Boolean).map(residentBytes));
  return sizes.reduce((sum, size) => sum + size, 0);
}

async function residentBytes(pid: string): Promise<number> {
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(await readProc(`/proc/${pid}/status`))?.[1];
  return Number(kibibytes ?? 0) * 1024;
}

/** A file of /proc, empty when the process or the whole of /proc is not there. */
const readProc = (path: string): Promise<string> => readFile(path, "utf8").catch(() => "");
