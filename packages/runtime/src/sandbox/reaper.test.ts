import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { buildGuest } from "../testing/host.ts";

/** A process that ended and was not collected yet is gone. */
const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return process.platform !== "linux" || !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
};

test.each(["SIGKILL", "SIGTERM"] as const)(
  "no sandbox outlives a server that ends by %s, not even one that loops",
  async (signal) => {
    buildGuest();
    const file = fileURLToPath(new URL("../testing/looping-server.ts", import.meta.url));
    const server = spawn(process.execPath, [file], { stdio: ["ignore", "pipe", "inherit"] });
    let pids: number[] = [];
    for await (const line of server.stdout) {
      pids = JSON.parse(String(line)) as number[];
      break;
    }
    expect(pids).toHaveLength(2);
    expect(pids.every(isAlive)).toBe(true);
    server.kill(signal);
    await expect.poll(() => pids.filter(isAlive), { timeout: 5_000 }).toEqual([]);
  },
);
