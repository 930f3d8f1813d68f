import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { copyPreparedFolder } from "./prepared-folder.ts";

const MAIN = new URL("../../apps/server/src/main.ts", import.meta.url).pathname;
const WITH_LOCAL_PORTS = new URL("../../apps/server/src/testing/local-models-server.ts", import.meta.url)
  .pathname;
const READY = /Patchbay is ready at (\S+)/;
/** The first start makes a database. */
const START_DEADLINE_MS = 60_000;

export const ADMIN = { email: "admin@example.org", password: "correct horse battery" };
export const BOOTSTRAP_KEY = "pb_bootstrap-key-of-the-tests";

export interface TestServer {
  readonly url: string;
  readonly dataDir: string;
  readonly pid: number;
  /** All that the process has printed. */
  output(): string;
  /** SIGKILL; comes back when the process is gone. Its database stays for the next start. */
  kill(): Promise<void>;
  /** SIGTERM; comes back with the exit code. */
  stop(): Promise<number | null>;
}

interface ServerOptions {
  readonly dataDir: string;
  readonly environment?: Record<string, string>;
  /** Where model servers of this machine are looked for, if not where they listen by themselves. */
  readonly localPorts?: readonly number[];
}

/** Starts the real server as its own process on a free port. */
export const startServer = async (options: ServerOptions): Promise<TestServer> => {
  await copyPreparedFolder(options.dataDir, options.environment ?? {}, async (dataDir) => {
    const first = await launchServer({ dataDir }).ready;
    await first.stop();
  });
  return await launchServer(options).ready;
};

/** The same without waiting until it is ready, for those who kill it before. */
export const launchServer = (
  options: ServerOptions,
): { readonly ready: Promise<TestServer>; kill(): Promise<void> } => {
  const { localPorts } = options;
  const child = spawn(process.execPath, [localPorts === undefined ? MAIN : WITH_LOCAL_PORTS], {
    env: {
      ...(localPorts && { TEST_LOCAL_PORTS: localPorts.join() }),
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      NODE_COMPILE_CACHE: join(tmpdir(), "patchbay-test-compile-cache"),
      PATCHBAY_PORT: "0",
      PATCHBAY_DATA_DIR: options.dataDir,
      PATCHBAY_ADMIN_EMAIL: ADMIN.email,
      PATCHBAY_ADMIN_PASSWORD: ADMIN.password,
      PATCHBAY_BOOTSTRAP_API_KEY: BOOTSTRAP_KEY,
      PATCHBAY_LOG_LEVEL: "warn",
      ...options.environment,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (printed += chunk));
  const exited = once(child, "exit");
  const kill = async () => {
    child.kill("SIGKILL");
    await exited;
  };
  const stop = async () => {
    child.kill("SIGTERM");
    const [code] = await exited;
    return code as number | null;
  };
  const ready = readyUrl(child, exited, () => printed).then((url) => ({
    url,
    dataDir: options.dataDir,
    pid: child.pid ?? 0,
    kill,
    stop,
    output: () => printed,
  }));
  return { ready, kill };
};

const readyUrl = async (
  child: ChildProcess,
  exited: Promise<unknown>,
  printed: () => string,
): Promise<string> => {
  const deadline = Date.now() + START_DEADLINE_MS;
  let hasExited = false;
  void exited.then(() => {
    hasExited = true;
  });
  while (Date.now() < deadline) {
    const url = READY.exec(printed())?.[1];
    if (url !== undefined) return url;
    if (hasExited) break;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  child.kill("SIGKILL");
  throw new Error(`The server did not start:\n${printed()}`);
};

/** A data folder for one test, removed by `remove`. */
export const temporaryFolder = async (): Promise<{ path: string; remove(): Promise<void> }> => {
  const path = await mkdtemp(join(tmpdir(), "patchbay-test-"));
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 5 }) };
};
