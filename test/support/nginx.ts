import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const START_DEADLINE_MS = 10_000;
const FOLDERS = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/usr/local/sbin"];
const PROGRAM = FOLDERS.map((folder) => join(folder, "nginx")).find((path) => existsSync(path));

/** Whether nginx is installed on this machine. */
export const hasNginx = PROGRAM !== undefined;

/** A plain web server over a folder, or whatever its configuration makes of it. */
export interface Nginx {
  readonly url: string;
  /** Fill this. */
  readonly root: string;
  stop(): Promise<void>;
}

/** Serves the folder, or what `serverOf` makes of it: the directives of a server beside the one that says where it listens. */
export const startNginx = async (serverOf = (root: string) => `root ${root};`): Promise<Nginx> => {
  if (PROGRAM === undefined) throw new Error("nginx is not installed.");
  const folder = await mkdtemp(join(tmpdir(), "patchbay-nginx-"));
  await chmod(folder, 0o755);
  const root = join(folder, "www");
  for (const one of ["www", "tmp"]) await mkdir(join(folder, one));
  const port = await freePort();
  await writeFile(join(folder, "nginx.conf"), configuration(folder, serverOf(root), port));
  const child = spawn(PROGRAM, ["-p", folder, "-c", join(folder, "nginx.conf"), "-e", "stderr"], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  await untilListening(child, port);
  return {
    url: `http://127.0.0.1:${port}`,
    root,
    stop: async () => {
      child.kill("SIGTERM");
      await once(child, "exit");
      await rm(folder, { recursive: true, force: true });
    },
  };
};

/** As a fresh installation has it: no types, no rewriting, no proxy. */
const configuration = (folder: string, server: string, port: number): string => `
daemon off;
${process.getuid?.() === 0 ? "user root;" : ""}
worker_processes 1;
pid ${folder}/nginx.pid;
error_log stderr warn;
events { worker_connections 64; }
http {
  access_log off;
  ${["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path ${folder}/tmp/${name};`).join("\n  ")}
  server { listen 127.0.0.1:${port}; ${server} }
}
`;

export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
};

const untilListening = async (child: ChildProcess, port: number): Promise<void> => {
  const deadline = Date.now() + START_DEADLINE_MS;
  while (Date.now() < deadline && child.exitCode === null) {
    const socket = connect(port, "127.0.0.1");
    const isThere = await Promise.race([
      once(socket, "connect").then(() => true),
      once(socket, "error").then(() => false),
    ]).catch(() => false);
    socket.destroy();
    if (isThere) return;
    await sleep(20);
  }
  child.kill("SIGKILL");
  throw new Error("nginx did not start.");
};
