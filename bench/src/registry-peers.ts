import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "./free-port.ts";
import { findProgram } from "./programs.ts";

/** Something else that serves packages. */
export interface RegistryPeer {
  readonly url: string;
  readonly paths: {
    readonly metadata: string;
    readonly small: string;
    readonly large: string;
    readonly search?: string;
  };
  readonly child: ChildProcess;
}

const START_MS = 30_000;
/** What a search of the peer looks through: each takes it some milliseconds to publish. */
export const VERDACCIO_PACKAGES = 500;

const answers = async (url: string): Promise<void> => {
  const deadline = Date.now() + START_MS;
  for (;;) {
    const response = await fetch(url).catch(() => null);
    if (response !== null) return;
    if (Date.now() > deadline) throw new Error(`Nothing answers at ${url}.`);
    await sleep(50);
  }
};

/** Plain files of the same bytes; null where nginx is not installed. */
export const startNginx = async (
  folder: string,
  files: { metadata: Buffer; small: Buffer; large: Buffer },
): Promise<RegistryPeer | null> => {
  const program = findProgram("nginx");
  if (program === null) return null;
  const port = await freePort();
  const root = join(folder, "www");
  await mkdir(root, { recursive: true });
  await mkdir(join(folder, "tmp"), { recursive: true });
  for (const [name, content] of Object.entries(files)) await writeFile(join(root, name), content);
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (kind) => `${kind}_temp_path ${folder}/tmp/${kind};`,
  );
  const configuration = `daemon off; worker_processes 1; pid ${folder}/nginx.pid; error_log stderr warn; events {}
    ${process.getuid?.() === 0 ? "user root;" : ""}
    http { access_log off; sendfile on; ${temporary.join(" ")} server { listen 127.0.0.1:${port}; root ${root}; } }`;
  await writeFile(join(folder, "nginx.conf"), configuration);
  const child = spawn(program, ["-c", join(folder, "nginx.conf")], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  const url = `http://127.0.0.1:${port}`;
  await answers(url);
  return { url, child, paths: { metadata: "/metadata", small: "/small", large: "/large" } };
};

/** null where Verdaccio is not installed. */
export const startVerdaccio = async (
  folder: string,
  files: { small: Buffer; large: Buffer },
): Promise<RegistryPeer | null> => {
  const script = findVerdaccio();
  if (script === null) return null;
  await mkdir(folder, { recursive: true });
  const access = "{access: $all, publish: $all}";
  await writeFile(
    join(folder, "config.yaml"),
    `storage: ${folder}/storage\nauth: {htpasswd: {file: ${folder}/htpasswd}}\nuplinks: {}\npackages: {'**': ${access}}\nweb: {enable: false}\nmax_body_size: 50mb\nlog: {type: stdout, format: json, level: error}\n`,
  );
  const url = `http://127.0.0.1:${await freePort()}`;
  const parameters = [script, "--config", join(folder, "config.yaml"), "--listen", url];
  const child = spawn(process.execPath, parameters, { stdio: ["ignore", "ignore", "inherit"] });
  await answers(`${url}/-/ping`);
  await publish(url, "bench-small", files.small);
  await publish(url, "bench-large", files.large);
  for (let index = 0; index < VERDACCIO_PACKAGES; index += 1)
    await publish(url, `package-${index}`, Buffer.from("tiny"));
  return {
    url,
    child,
    paths: {
      metadata: "/bench-small",
      small: "/bench-small/-/bench-small-1.0.0.tgz",
      large: "/bench-large/-/bench-large-1.0.0.tgz",
      search: "/-/v1/search?text=package&size=20",
    },
  };
};

const findVerdaccio = (): string | null => {
  try {
    const { BENCH_VERDACCIO_FROM: folder } = process.env;
    const from = createRequire(folder === undefined ? import.meta.url : join(folder, "package.json"));
    return join(dirname(from.resolve("verdaccio/package.json")), "bin/verdaccio");
  } catch {
    return null; // the rows come without this peer then
  }
};

const publish = async (url: string, name: string, tarball: Buffer): Promise<void> => {
  const file = `${name}-1.0.0.tgz`;
  const version = {
    name,
    version: "1.0.0",
    description: "A package of the benchmark",
    dist: { tarball: `${url}/${name}/-/${file}` },
  };
  const response = await fetch(`${url}/${name}`, {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      _id: name,
      name,
      "dist-tags": { latest: "1.0.0" },
      versions: { "1.0.0": version },
      _attachments: {
        [file]: {
          content_type: "application/octet-stream",
          data: tarball.toString("base64"),
          length: tarball.length,
        },
      },
    }),
  });
  if (!response.ok) throw new Error(`Verdaccio refused ${name}: ${response.status} ${await response.text()}`);
};
