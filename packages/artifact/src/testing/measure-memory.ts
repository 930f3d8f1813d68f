/** Validates the archives named on the command line, and prints by how many bytes that raised the process's peak memory. */
import { readFileSync } from "node:fs";
import { readPackage } from "../reader.ts";

const before = process.memoryUsage.rss();
const outcomes: string[] = [];
for (const file of process.argv.slice(2)) {
  try {
    await using opened = await readPackage(file);
    outcomes.push(opened.digest);
  } catch (fault) {
    outcomes.push(fault instanceof Error && "code" in fault ? String(fault.code) : String(fault));
  }
}
const growthBytes = peakBytes() - before;
process.stdout.write(JSON.stringify({ growthBytes, outcomes }));

/** The operating system's count for `resourceUsage` can begin with the parent's peak; Linux has one that does not. */
function peakBytes(): number {
  if (process.platform !== "linux") return process.resourceUsage().maxRSS * 1024;
  const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1];
  return Number(kibibytes) * 1024;
}
