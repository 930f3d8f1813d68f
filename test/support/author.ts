import { execFile } from "node:child_process";
import { mkdir, symlink } from "node:fs/promises";
import { delimiter, join, resolve } from "node:path";

const ROOT = resolve(import.meta.dirname, "../..");
/** Installing is waiting for a registry, at times. */
const DEADLINE_MS = 240_000;
/** What of npm's variables says where and how to fetch; the others tell of the run that these tests are part of. */
const NPM_SETTINGS = /^npm_config_(cache|registry|userconfig|globalconfig|cafile|(https?_)?proxy|noproxy)$/i;

/** Runs programs as somebody who has Node and npm, and nothing of this checkout. */
export interface Author {
  /** What the program printed, both streams as they came. Throws with it when the program fails. */
  run(command: string, cwd: string, environment?: Readonly<Record<string, string>>): Promise<string>;
}

/** `node` is the Node that the author has. `folder` gets the author's programs, and is empty. */
export const becomeAuthor = async (folder: string, node: string): Promise<Author> => {
  const programs = join(folder, "bin");
  await mkdir(programs, { recursive: true });
  await symlink(node, join(programs, "node"));
  const outside = (process.env.PATH ?? "").split(delimiter).filter((path) => !path.startsWith(ROOT));
  const kept = Object.entries(process.env).filter(
    ([name]) =>
      !/^(npm_|NODE_(OPTIONS|ENV|PATH|COMPILE_CACHE)|INIT_CWD|PATCHBAY_|VITEST)/i.test(name) ||
      NPM_SETTINGS.test(name),
  );
  const env = { ...Object.fromEntries(kept), PATH: [programs, ...outside].join(delimiter), CI: "true" };
  return {
    run: (command, cwd, environment) =>
      new Promise((done, fail) => {
        const options = { cwd, env: { ...env, ...environment }, timeout: DEADLINE_MS };
        const child = execFile("sh", ["-ec", command], options, (error, stdout, stderr) =>
          error === null
            ? done(stdout + stderr)
            : fail(new Error(`${command} failed in ${cwd}:\n${stdout}${stderr}`, { cause: error })),
        );
        child.stdin?.end();
      }),
  };
};
