import { type ChildProcess, spawn } from "node:child_process";

/**
 * Reads `+ pid` and `- pid`; when its input ends, the server is gone in whatever way, and it ends what is left. A sandbox
 * in an endless loop would not notice by itself.
 */
const SCRIPT = `
pids=" "
while read -r sign pid; do
  case $sign in
    +) pids="$pids$pid " ;;
    -) pids="\${pids%% $pid *} \${pids#* $pid }" ;;
  esac
done
for pid in $pids; do kill -9 "$pid" 2>/dev/null; done`;

/** Sees to it that no sandbox outlives the server, even when the server is killed. */
export class Reaper {
  #shell: ChildProcess | undefined;

  /** Call it as soon as the process is there. */
  watch(pid: number): void {
    this.#tell(`+ ${pid}\n`);
  }

  /** Call it as soon as the process has ended, before its number can belong to another. */
  forget(pid: number): void {
    this.#tell(`- ${pid}\n`);
  }

  close(): void {
    this.#shell?.stdin?.end();
    this.#shell = undefined;
  }

  #tell(line: string): void {
    this.#shell ??= this.#start();
    this.#shell.stdin?.write(line);
  }

  #start(): ChildProcess {
    // In a group of its own, or Ctrl-C would end it before its work.
    const shell = spawn("/bin/sh", ["-c", SCRIPT], {
      detached: true,
      stdio: ["pipe", "ignore", "ignore"],
      env: {},
      cwd: "/",
    });
    // Without it sandboxes still end at the end of their pipe, unless they loop.
    shell.on("error", () => undefined);
    shell.stdin.on("error", () => undefined);
    shell.unref();
    return shell;
  }
}
