// One script at a time installs and builds in a checkout.
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { BUILD, ROOT, requireWritable, say } from "./project.mjs";

const PAUSE_MS = 200;
const folder = join(BUILD, "locks");

/**
 * Runs `work` while no other script of this checkout does. Waits as long as another one lives. Each contender first leaves its
 * claim and then looks for others', so that two never both go on; claims of processes that ended are removed.
 */
export async function withLock(work) {
  requireWritable(ROOT, "install or build something");
  mkdirSync(folder, { recursive: true });
  const own = `${process.pid}-${startOf(process.pid) ?? 0}`;
  const path = join(folder, own);
  let told = false;
  for (;;) {
    closeSync(openSync(path, "w"));
    const other = livingClaim(own);
    if (other === undefined) break;
    rmSync(path, { force: true });
    if (!told) say(`Waiting for process ${other.split("-")[0]}, which installs or builds in this checkout.`);
    told = true;
    await sleep(PAUSE_MS * (1 + Math.random()));
  }
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

/**
 * Holds the lock for a child, too: should this script be killed, the child may go on changing files. To be called inside
 * `withLock`; returns what ends the claim.
 */
export function claimForChild({ pid }) {
  const path = join(folder, `${pid}-${startOf(pid) ?? 0}`);
  closeSync(openSync(path, "w"));
  return () => rmSync(path, { force: true });
}

function livingClaim(own) {
  for (const name of readdirSync(folder)) {
    if (name === own) continue;
    const [pid, start] = name.split("-");
    if (startOf(Number(pid)) === start) return name;
    rmSync(join(folder, name), { force: true });
  }
  return undefined;
}

/** Start of a process in clock ticks since boot; "0" where that cannot be told; undefined when it does not run. */
function startOf(pid) {
  if (process.platform !== "linux") return isRunning(pid) ? "0" : undefined;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? undefined : fields[19];
  } catch (error) {
    if (error.code === "ENOENT" || error.code === "ESRCH") return undefined;
    throw error;
  }
}

function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}
