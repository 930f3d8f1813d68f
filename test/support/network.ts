import { execFile, spawnSync } from "node:child_process";
import type { CliResult } from "./cli.ts";

const DEADLINE_MS = 120_000;

/** What a network of its own has besides an empty loopback interface. */
interface Network {
  /** Further IPv4 addresses of the loopback interface, of whatever range. */
  readonly addresses?: readonly string[];
  /** Files of the machine (by path) that are others in there: paths of those. */
  readonly files?: Readonly<Record<string, string>>;
}

/** Where this is not root, the same user with the rights of root over the namespaces alone: PostgreSQL refuses to be root. */
const OWN_NAMESPACES = [
  ...["--net", "--mount"],
  ...(process.getuid?.() === 0 ? [] : ["--map-current-user", "--keep-caps"]),
];

/** Whether this machine lets its user have networks of their own. */
export const canRunAlone = (): boolean =>
  spawnSync("unshare", [...OWN_NAMESPACES, "ip", "link", "set", "lo", "up"]).status === 0;

/** Runs a script in a network namespace of its own, with a loopback interface and nothing else: as on a machine without a network. */
export const runAlone = (
  script: string,
  environment: Readonly<Record<string, string>>,
  { addresses = [], files = {} }: Network = {},
): Promise<CliResult> =>
  new Promise((resolve) => {
    const { PATH, HOME } = process.env;
    const env = { PATH, HOME, ...environment };
    const command = [
      "ip link set lo up",
      ...addresses.map((address) => `ip address add ${address}/32 dev lo`),
      ...Object.entries(files).map(([path, other]) => `mount --bind '${other}' '${path}'`),
      `exec "$0" "$1"`,
    ].join(" && ");
    execFile(
      "unshare",
      [...OWN_NAMESPACES, "sh", "-c", command, process.execPath, script],
      { env, timeout: DEADLINE_MS, maxBuffer: 16 * 1024 * 1024 },
      (error, stdout, stderr) =>
        resolve({
          code: typeof error?.code === "number" ? error.code : error === null ? 0 : -1,
          stdout,
          stderr,
        }),
    );
  });
