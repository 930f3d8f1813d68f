import { spawn } from "node:child_process";
import type { Identity } from "./identity.ts";

/**
 * The environment of every PostgreSQL process: the same on every machine. A locale of the caller that is not installed
 * makes initdb fail, and PG* variables would change what it does.
 */
export function serverEnvironment(): Record<string, string> {
  return { PATH: "/usr/local/bin:/usr/bin:/bin", LC_ALL: "C.UTF-8", TZ: "UTC" };
}

/** Runs a program to its end. `output` is what it wrote to both streams; `code` is null when a signal ended it. */
export function runToEnd(
  program: string,
  args: readonly string[],
  options: { user: Identity | undefined; cwd: string },
): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      ...options.user,
      cwd: options.cwd,
      env: serverEnvironment(),
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    const collect = (chunk: Buffer) => {
      output += chunk.toString();
    };
    child.stdout.on("data", collect);
    child.stderr.on("data", collect);
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, output }));
  });
}
