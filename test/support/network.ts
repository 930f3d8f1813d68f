import { execFile, spawnSync } from "node:child_process";
import type { CliResult } from "./cli.ts";

const DEADLINE_MS = 120_000;

/** With a user namespace where this is not root. */
const OWN_NETWORK = ["--net", ...(process.getuid?.() === 0 ? [] : ["--map-root-user"])];

/** Whether this machine lets its user have networks of their own. */
export const canRunAlone = (): boolean =>
  spawnSync("unshare", [...OWN_NETWORK, "ip", "link", "set", "lo", "up"]).status === 0;

/**
 * Runs a script in a network namespace of its own, with a loopback interface and nothing else: as on a machine without a network.
 */
export const runAlone = (script: string, environment: Readonly<Record<string, string>>): Promise<CliResult> =>
  new Promise((resolve) => {
    const { PATH, HOME } = process.env;
    const env = { PATH, HOME, ...environment };
    const command = `ip link set lo up && exec "$0" "$1"`;
    execFile(
      "unshare",
      [...OWN_NETWORK, "sh", "-c", command, process.execPath, script],
      { env, timeout: DEADLINE_MS, maxBuffer: 16 * 1024 * 1024 },
      (error, stdout, stderr) =>
        resolve({
          code: typeof error?.code === "number" ? error.code : error === null ? 0 : -1,
          stdout,
          stderr,
        }),
    );
  });
