import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writePackage } from "@patchbay/artifact";

const SERVER = new URL("../../apps/server/src/main.ts", import.meta.url).pathname;
const COMPILE_CACHE = join(import.meta.dirname, "../../node_modules/.cache/compile");
export const KEY = "pb_key-of-the-benchmarks";
export const ADMIN = { email: "bench@example.org", password: "bench pass phrase" };

/** With a tool `echo`, or others of these names that do the same, and further what is given. */
export interface BenchPlugin {
  readonly id: string;
  readonly name: string;
  readonly enable?: boolean;
  readonly tools?: readonly string[];
  readonly code?: string;
  readonly contributes?: Readonly<Record<string, unknown>>;
  readonly permissions?: readonly string[];
}

/** A real server with an empty database, as a process of its own. */
export interface BenchServer {
  readonly url: string;
  readonly pid: number;
  /** Adds a package with a tool `echo`, or others, installs it, and enables it unless told. Throws what the server refuses. */
  install(plugin: BenchPlugin): Promise<void>;
  /** Ends it and leaves its data. */
  stop(): Promise<void>;
  /** Ends it and removes its data. */
  close(): Promise<void>;
}

/** `given`: the folder of its data; an empty one unless given. */
export const startBenchServer = async (
  given?: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<BenchServer> => {
  const folder = given ?? (await mkdtemp(join(tmpdir(), "patchbay-bench-server-")));
  const child = startScript(SERVER, {
    PATCHBAY_PORT: "0",
    PATCHBAY_DATA_DIR: folder,
    PATCHBAY_ADMIN_EMAIL: ADMIN.email,
    PATCHBAY_ADMIN_PASSWORD: ADMIN.password,
    PATCHBAY_BOOTSTRAP_API_KEY: KEY,
    PATCHBAY_LOG_LEVEL: "warn",
    // All of the load comes from one address.
    PATCHBAY_STRANGERS_PER_SECOND: "off",
    ...environment,
  });
  const url = await urlOf(child);
  return {
    url,
    pid: child.pid ?? 0,
    install: (plugin) => install(url, folder, plugin),
    stop: () => stop(child),
    close: async () => {
      await stop(child);
      await rm(folder, { recursive: true, force: true });
    },
  };
};

/** Tools that answer with their input. */
const codeOf = (names: readonly string[]): string =>
  `const echo = { description: "Answers with its input.", run: (input) => input };
export default { tools: Object.fromEntries(${JSON.stringify(names)}.map((name) => [name, echo])) };`;

const install = async (
  url: string,
  folder: string,
  {
    id,
    name,
    enable = true,
    tools: names = ["echo"],
    code = codeOf(names),
    contributes = {},
    permissions = [],
  }: BenchPlugin,
): Promise<void> => {
  const output = join(folder, `${id}.zip`);
  const tools = names.map((one) => ({ name: one, description: "Answers with its input." }));
  const manifest = {
    id,
    name,
    version: "1.0.0",
    description: "Answers with its input.",
    author: { name: "Bench" },
    category: "utility",
    engines: { patchbay: "^1.0.0" },
    main: "plugin.js",
    contributes: { tools, ...contributes },
    permissions: { required: permissions },
  };
  await writePackage({
    files: [
      { path: "plugin.json", content: JSON.stringify(manifest) },
      { path: "plugin.js", content: code },
    ],
    output,
  });
  const form = new FormData();
  form.append("package", new Blob([await readFile(output)]), "package.zip");
  const headers = { authorization: `Bearer ${KEY}` };
  const json = { ...headers, "content-type": "application/json" };
  const steps: [path: string, init: RequestInit][] = [
    ["uploads", { method: "POST", headers, body: form }],
    ["plugins", { method: "POST", headers: json, body: JSON.stringify({ plugin: id, grants: permissions }) }],
    ...(enable ? [[`plugins/${id}/enable`, { method: "POST", headers }] as [string, RequestInit]] : []),
  ];
  for (const [path, init] of steps) {
    const response = await fetch(`${url}/api/orgs/default/${path}`, init);
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  }
};

/** Runs a script that prints its address. */
export const startScript = (script: string, environment: Record<string, string>): ChildProcess =>
  spawn(process.execPath, [script], {
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      NODE_COMPILE_CACHE: COMPILE_CACHE, // as `npm start` runs it
      ...environment,
    },
    stdio: ["ignore", "pipe", "inherit"],
  });

/** The address that it prints. Throws when it ends without one. */
export const urlOf = async (child: ChildProcess): Promise<string> => {
  let printed = "";
  for await (const chunk of child.stdout ?? []) {
    printed += chunk;
    const url = /http:\/\/[\d.]+:\d+/.exec(printed)?.[0];
    if (url !== undefined) return url;
  }
  throw new Error(`A server of the benchmark did not start: ${printed}`);
};

/** Ends it in an orderly way, and waits. */
export const stop = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null) return;
  child.kill("SIGTERM");
  await once(child, "exit");
};
