import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { type PostgresBinaries, postgresBinaries, runnableBinaries } from "../embedded/binaries.ts";
import { DATABASE_ROLE, initializeCluster } from "../embedded/cluster.ts";
import { databaseUsers, type Identity } from "../embedded/identity.ts";
import { serverEnvironment } from "../embedded/run.ts";

/** A throwaway PostgreSQL server with a password, as an operator's own would be reached. */
export interface TestPostgresServer {
  /** `postgres://…` of an empty database whose role may create others. */
  readonly url: string;
  /** Ends the server under whoever is connected, and starts it again at the same address. */
  restart(): Promise<void>;
  /** Ends the server; its folder stays. */
  stop(): Promise<void>;
}

const DEBIAN_ROOT = "/usr/lib/postgresql";
const START_DEADLINE_MS = 30_000;

/**
 * Starts a server on a free port of 127.0.0.1 with its data below `dir`, which must exist in a folder that others may enter
 * (the system's temporary one) and is opened to them itself, since root has somebody else run the server. It is Debian's PostgreSQL where
 * that is installed, another major version than the embedded one on purpose, else the embedded one. It does not survive this
 * process and does not care for durability.
 */
export async function startPostgresServer(options: { dir: string }): Promise<TestPostgresServer> {
  const user = databaseUsers(join(options.dir, "none")).creator;
  const binaries = runnableBinaries(debianBinaries() ?? postgresBinaries(), user);
  const { cluster, log, password } = await createCluster(realpathSync(options.dir), binaries, user);
  const port = await freePort();
  const url = `postgres://${DATABASE_ROLE}:${password}@127.0.0.1:${port}/postgres`;
  const start = async () => {
    const started = spawnServer(binaries, { cluster, log, port, user });
    await waitUntilReady(started, url, log);
    return started;
  };
  let server = await start();
  return {
    url,
    restart: async () => {
      await end(server);
      server = await start();
    },
    stop: () => end(server),
  };
}

/** The newest PostgreSQL among Debian's packages; undefined when none is installed. */
function debianBinaries(): PostgresBinaries | undefined {
  if (!existsSync(DEBIAN_ROOT)) return undefined;
  const [major] = readdirSync(DEBIAN_ROOT)
    .filter((name) => existsSync(join(DEBIAN_ROOT, name, "bin", "postgres")))
    .map(Number)
    .sort((a, b) => b - a);
  if (major === undefined) return undefined;
  const bin = join(DEBIAN_ROOT, String(major), "bin");
  return { initdb: join(bin, "initdb"), postgres: join(bin, "postgres"), version: String(major), major };
}

async function createCluster(dir: string, binaries: PostgresBinaries, user: Identity | undefined) {
  const root = join(dir, "postgres-server");
  const cluster = join(root, "cluster");
  const password = randomBytes(12).toString("hex");
  mkdirSync(cluster, { recursive: true, mode: 0o700 });
  if (user !== undefined) chmodSync(dir, 0o711);
  writeFileSync(join(root, "password"), password);
  for (const path of [root, cluster, join(root, "password")]) {
    chmodSync(path, 0o700);
    if (user !== undefined) chownSync(path, user.uid, user.gid);
  }
  const auth = ["--auth=scram-sha-256", `--pwfile=${join(root, "password")}`, "--no-sync"];
  await initializeCluster(cluster, binaries, { user, folderArgument: cluster, auth });
  return { cluster, log: join(root, "server.log"), password };
}

function spawnServer(
  binaries: PostgresBinaries,
  server: { cluster: string; log: string; port: number; user: Identity | undefined },
): ChildProcess {
  const settings = {
    listen_addresses: "127.0.0.1",
    port: server.port,
    unix_socket_directories: "",
    fsync: "off",
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const log = openSync(server.log, "a");
  const child = spawn(binaries.postgres, ["-D", server.cluster, ...flags], {
    ...server.user,
    cwd: server.cluster,
    env: serverEnvironment(),
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  const endWithUs = () => child.kill("SIGQUIT");
  process.once("exit", endWithUs);
  child.once("exit", () => process.removeListener("exit", endWithUs));
  return child;
}

async function waitUntilReady(server: ChildProcess, url: string, log: string): Promise<void> {
  const deadline = Date.now() + START_DEADLINE_MS;
  while (server.exitCode === null && server.signalCode === null && Date.now() < deadline) {
    if (await accepts(url)) return;
    await sleep(50);
  }
  await end(server);
  throw new Error(`The test database did not start:\n${readFileSync(log, "utf8")}`);
}

async function accepts(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => undefined);
  try {
    await client.connect();
    await client.query("select 1");
    return true;
  } catch {
    return false; // not yet; the caller's deadline decides when that is a fault
  } finally {
    await client.end();
  }
}

function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    server.once("exit", () => resolve());
    server.kill("SIGINT");
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}
