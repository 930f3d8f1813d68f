import { readFile, readlink } from "node:fs/promises";
import type { SandboxReport } from "@patchbay/core";

const NAMESPACES = { user: "user", mount: "mnt", pid: "pid", ipc: "ipc", uts: "uts", net: "net" } as const;
const FILTERED = "2";

/** What the system says of a sandbox's process; not what was asked for. */
export const inForce = async (
  pid: number,
  memoryLimit: boolean,
  note: string | undefined,
): Promise<SandboxReport> => {
  const status = await readFile(`/proc/${pid}/status`, "latin1").catch(() => "");
  const entries = await Promise.all(
    Object.entries(NAMESPACES).map(async ([name, file]) => [name, await isOwn(pid, file)] as const),
  );
  const namespaces = Object.fromEntries(entries) as SandboxReport["namespaces"];
  return {
    mode: Object.values(namespaces).every(Boolean) ? "namespaces" : "process",
    namespaces,
    seccomp: /^Seccomp:\s+(\d)/m.exec(status)?.[1] === FILTERED,
    noNewPrivileges: /^NoNewPrivs:\s+1/m.test(status),
    memoryLimit,
    ...(note === undefined ? {} : { note }),
  };
};

const isOwn = async (pid: number, file: string): Promise<boolean> => {
  const links = [`/proc/${pid}/ns/${file}`, `/proc/self/ns/${file}`].map((path) => readlink(path));
  const [theirs, ours] = await Promise.all(links).catch(() => [undefined, undefined]);
  return theirs !== undefined && theirs !== ours;
};
