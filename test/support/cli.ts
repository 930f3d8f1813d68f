import { execFile } from "node:child_process";

export const COMMAND = new URL("../../apps/cli/src/main.ts", import.meta.url).pathname;
const DEADLINE_MS = 60_000;

export interface CliResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the `patchbay` command to its end, with nothing in its environment but PATH and what is given; `input` is its standard input. */
export const runCli = (
  args: readonly string[],
  options: {
    readonly environment: Readonly<Record<string, string>>;
    readonly cwd?: string;
    readonly input?: string;
  },
): Promise<CliResult> =>
  new Promise((resolve) => {
    const { PATH, TMPDIR } = process.env;
    const env = {
      PATH,
      ...(TMPDIR !== undefined && { TMPDIR }),
      HOME: "/nonexistent",
      ...options.environment,
    };
    const child = execFile(
      process.execPath,
      [COMMAND, ...args],
      { env, cwd: options.cwd, timeout: DEADLINE_MS, maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) =>
        resolve({
          code: typeof error?.code === "number" ? error.code : error === null ? 0 : -1,
          stdout,
          stderr,
        }),
    );
    child.stdin?.end(options.input ?? "");
  });
