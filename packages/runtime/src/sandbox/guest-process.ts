import { type ChildProcess, spawn } from "node:child_process";
import { setPriority } from "node:os";
import type { Readable, Writable } from "node:stream";
import {
  MAX_OPEN_FILES,
  MAX_STDERR_BYTES,
  MAX_STDERR_TOLD_BYTES,
  MAX_TASKS,
  SANDBOX_NICENESS,
  STDERR_TAIL_BYTES,
} from "../limits.ts";
import { ChildProcessTransport } from "../transport/child-process.ts";
import type { SandboxFiles } from "./files/sandbox-files.ts";
import type { Launcher } from "./namespaces/launcher.ts";
import { childOf } from "./namespaces/sandbox-root.ts";
import type { ProcessEnd } from "./process-end.ts";
import type { Reaper } from "./reaper.ts";
import type { RunningGuest } from "./sandbox.ts";
import type { SandboxUser } from "./sandbox-users.ts";

const KiB = 1024;

export interface ProcessOptions {
  readonly files: SandboxFiles;
  /** Namespaces of its own, where the system lets it. */
  readonly launcher: Launcher | undefined;
  /** For tests of what holds below the runtime's own checks: switches these off. */
  readonly isUnchecked: boolean;
  readonly memoryMb: number;
  /** Bytes of data (heap, buffers, stacks) that the process may have in all; undefined where they are not limited. */
  readonly maxDataBytes: number | undefined;
  readonly reaper: Reaper;
  /** The unprivileged user to run as; absent when the server is one itself. */
  readonly user: SandboxUser | undefined;
}

/** Limits are set by a shell that then becomes the sandbox. A limit that the system does not know is left out. */
const LAUNCH = `
ulimit -c 0 2>/dev/null
ulimit -f 0 2>/dev/null
ulimit -n "$1" 2>/dev/null
ulimit -d "$2" 2>/dev/null
ulimit -u "$3" 2>/dev/null || ulimit -p "$3" 2>/dev/null
shift 3
exec "$@"`;

/** Thin: starts the process of a sandbox, passes its pipes on, ends it. */
export class GuestProcess implements RunningGuest {
  readonly #launchedPid: number;
  #pid: number;
  readonly transport: ChildProcessTransport;
  readonly ended: Promise<ProcessEnd>;
  readonly #child: ChildProcess;
  #stderr = Buffer.alloc(0);
  #stderrBytes = 0;
  #flooded = false;
  #gone = false;
  #hearStderr: ((text: string) => void) | undefined;

  private constructor(
    child: ChildProcess,
    pid: number,
    pipes: { readonly stdin: Writable; readonly stdout: Readable; readonly stderr: Readable },
    reaper: Reaper,
  ) {
    this.#child = child;
    this.#launchedPid = pid;
    this.#pid = pid;
    const { stderr } = pipes;
    this.transport = new ChildProcessTransport({ ...pipes, kill: () => this.#kill() });
    reaper.watch(pid);
    stderr.on("error", () => undefined);
    stderr.on("data", (chunk: Buffer) => this.#keepStderr(chunk));
    this.ended = new Promise((resolve) => {
      child.once("exit", () => {
        this.#gone = true;
        reaper.forget(pid);
      });
      child.once("close", (code, signal) => resolve({ code, signal, stderr: this.#stderr.toString("utf8") }));
    });
  }

  /** Throws when the process cannot be started at all. */
  static async start(options: ProcessOptions): Promise<GuestProcess> {
    const { files, user, reaper, launcher } = options;
    const { maxDataBytes } = options;
    const limits = [
      MAX_OPEN_FILES,
      maxDataBytes === undefined ? "unlimited" : Math.ceil(maxDataBytes / KiB),
      user?.isShared === false ? MAX_TASKS : "unlimited",
    ].map(String);
    const child = spawn(
      "/bin/sh",
      ["-c", LAUNCH, "sandbox", ...limits, ...(launcher?.command ?? [files.deno]), ...denoArguments(options)],
      {
        cwd: files.emptyFolder,
        env: { DENO_DIR: launcher?.root.denoDir ?? files.denoDir, DENO_NO_UPDATE_CHECK: "1", NO_COLOR: "1" },
        stdio: ["pipe", "pipe", "pipe"],
        // Signals to the server's terminal are the server's to handle.
        detached: true,
        ...(user === undefined ? {} : { uid: user.uid, gid: user.gid }),
      },
    );
    const { pid, stdin, stdout, stderr } = child;
    if (pid === undefined) {
      const cause = await new Promise((resolve) => child.once("error", resolve));
      throw new Error("The sandbox's process could not be started.", { cause });
    }
    lowerPriority(pid);
    return new GuestProcess(child, pid, { stdin, stdout, stderr }, reaper);
  }

  /** Of the sandbox itself: the program that made its namespaces waits for it under another number. */
  get pid(): number {
    return this.#pid;
  }

  /** Looks for the sandbox behind the program that made its namespaces. Call it when it is known to run. */
  async findChild(): Promise<void> {
    this.#pid = (await childOf(this.#launchedPid)) ?? this.#pid;
  }

  /** Whether it wrote more to standard error than any honest sandbox. */
  get flooded(): boolean {
    return this.#flooded;
  }

  /** SIGKILL: the only signal that stops every loop. */
  #kill(): void {
    if (this.#gone) return;
    // The sandbox first: the program behind it then ends too, and whoever waits for its end knows that none is left.
    if (this.#pid !== this.#launchedPid) killQuietly(this.#pid);
    else this.#child.kill("SIGKILL");
  }

  /** From now on, hears what it writes to standard error, which no plugin can reach: an engine's last words mostly. */
  onStderr(hear: (text: string) => void): void {
    this.#hearStderr = hear;
  }

  #keepStderr(chunk: Buffer): void {
    this.#stderrBytes += chunk.length;
    if (this.#stderrBytes <= MAX_STDERR_TOLD_BYTES) this.#hearStderr?.(withoutPaths(chunk.toString("utf8")));
    this.#stderr = Buffer.concat([this.#stderr, chunk]).subarray(-STDERR_TAIL_BYTES);
    if (this.#stderrBytes <= MAX_STDERR_BYTES || this.#flooded) return;
    this.#flooded = true;
    this.#kill();
  }
}

const killQuietly = (pid: number): void => {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
};

/** Set on the shell, whose program the sandbox then becomes: threads started later have it too. */
const lowerPriority = (pid: number): void => {
  try {
    setPriority(pid, SANDBOX_NICENESS);
  } catch {
    // It has ended already, or the system does not let this user: it runs all the same.
  }
};

/** Places in the guest's own code are paths of the machine. */
const withoutPaths = (text: string): string =>
  text.replaceAll(/(?:file:\/\/)?\/[^\s:()]*\/guest-[0-9a-f]+\.js/g, "patchbay").trimEnd();

const denoArguments = ({ files, memoryMb, launcher, isUnchecked }: ProcessOptions): string[] => [
  "run",
  ...(isUnchecked ? ["--allow-all"] : []),
  "--quiet",
  "--no-prompt",
  "--no-remote",
  "--no-npm",
  "--no-config",
  "--no-lock",
  "--no-code-cache",
  `--import-map=${launcher?.root.importMap ?? files.importMap}`,
  `--v8-flags=--max-old-space-size=${memoryMb}`,
  launcher?.root.guest ?? files.guest,
];
