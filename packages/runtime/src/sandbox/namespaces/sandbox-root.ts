import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { chmod, copyFile, mkdir, readFile, rename, rm, stat, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { SandboxFiles } from "../files/sandbox-files.ts";

const run = promisify(execFile);

/** A folder that becomes the whole file system of sandboxes: libraries, the guest, an empty folder, and a place for Deno. */
export interface SandboxRoot {
  readonly folder: string;
  /** Paths as the sandbox sees them. */
  readonly guest: string;
  readonly importMap: string;
  /** At which nothing can ever be created. */
  readonly denoDir: string;
}

/** Makes the folder, or finds it whole. Throws an Error that says why it cannot be made here. */
export const prepareSandboxRoot = async (files: SandboxFiles): Promise<SandboxRoot> => {
  const libraries = await librariesOf(files.deno);
  const content = new Map<string, string>([
    ["guest.js", files.guest],
    ["imports.json", files.importMap],
    ...libraries.map((path) => [path.slice(1), path] as const),
  ]);
  const folder = join(dirname(files.guest), `root-${await digestOf([...content.values()])}`);
  if (!(await isWhole(folder, [...content.keys()]))) await make(folder, content);
  return { folder, guest: "/guest.js", importMap: "/imports.json", denoDir: "/guest.js/deno" };
};

/** The libraries that a program loads, its loader among them, by absolute path. */
const librariesOf = async (program: string): Promise<string[]> => {
  const { stdout } = await run("ldd", [program]).catch(() => {
    throw new Error("the libraries of Deno cannot be listed with ldd");
  });
  const paths = stdout.match(/(?<=^\s*|=> )\/\S+(?= \(0x)/gm) ?? [];
  if (paths.length === 0) throw new Error("ldd names no library of Deno");
  return paths;
};

const digestOf = async (paths: readonly string[]): Promise<string> => {
  const hash = createHash("sha256");
  for (const path of paths) {
    const { size, mtimeMs } = await stat(path);
    hash.update(`${path} ${size} ${mtimeMs}\n`);
  }
  return hash.digest("hex").slice(0, 16);
};

const PLACES = ["empty", "old"];
const OWN_BINARY = "proc/self";

const isWhole = async (folder: string, names: readonly string[]): Promise<boolean> => {
  const all = [...names, ...PLACES, OWN_BINARY, "deno"].map((name) => stat(join(folder, name)));
  return (await Promise.allSettled(all)).every(({ status }) => status === "fulfilled");
};

const make = async (folder: string, content: ReadonlyMap<string, string>): Promise<void> => {
  const temporary = `${folder}.${process.pid}`;
  await rm(temporary, { recursive: true, force: true });
  await mkdir(temporary, { mode: 0o755 });
  for (const place of PLACES) await mkdir(join(temporary, place), { mode: 0o555 });
  for (const [name, source] of content) {
    const path = join(temporary, name);
    await mkdir(dirname(path), { recursive: true, mode: 0o755 });
    await copyFile(source, path);
    await chmod(path, 0o555);
  }
  // All of /proc that the runtime asks for: where its own binary is.
  await mkdir(join(temporary, OWN_BINARY), { recursive: true, mode: 0o755 });
  await symlink("/deno", join(temporary, OWN_BINARY, "exe"));
  // The binary itself is not copied but put there for each sandbox, so that all share its pages with each other.
  await writeFile(join(temporary, "deno"), "", { mode: 0o555 });
  await rm(folder, { recursive: true, force: true });
  await rename(temporary, folder).catch(async (error: NodeJS.ErrnoException) => {
    // Another server was quicker.
    await rm(temporary, { recursive: true, force: true });
    if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error;
  });
};

/** The process of a sandbox: the one child of the program that made its namespaces. Undefined when it is gone. */
export const childOf = async (pid: number): Promise<number | undefined> => {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, "latin1").catch(() => "");
  const first = Number(children.trim().split(" ")[0]);
  return first > 0 ? first : undefined;
};
