import { readFile } from "node:fs/promises";
import type { SandboxMode, SandboxReport } from "@patchbay/core";
import { DATA_HEADROOM_BYTES } from "../limits.ts";
import { prepareSandboxFiles, type SandboxFileOptions, type SandboxFiles } from "./files/sandbox-files.ts";
import { GuestProcess } from "./guest-process.ts";
import { inForce } from "./namespaces/in-force.ts";
import { type Launcher, launcherFor } from "./namespaces/launcher.ts";
import { prepareSandboxRoot } from "./namespaces/sandbox-root.ts";
import { Reaper } from "./reaper.ts";
import { Sandbox, type SandboxSource } from "./sandbox.ts";
import { SandboxUsers } from "./sandbox-users.ts";

const KiB = 1024;
const MiB = 1024 * KiB;
/** Any tier does for measuring. */
const MEASURED_MEMORY_MB = 128;

export interface SandboxFactoryOptions {
  readonly files: SandboxFileOptions;
  /** Undefined: the most that works here. */
  readonly mode: SandboxMode | undefined;
  /** For tests of what holds below the runtime's own checks: switches these off. */
  readonly isUnchecked?: boolean;
  readonly onInternalFault: (error: unknown) => void;
}

/** What sandboxes are started with: all of it found by trying. */
interface Ground {
  readonly files: SandboxFiles;
  readonly launcher: Launcher | undefined;
}

/** Ways to start, the strongest first. */
const LEVELS = ["filtered", "namespaces", "process"] as const;
type Level = (typeof LEVELS)[number];

/** Starts blank sandboxes, each within its limits and as a user of its own. */
export class SandboxFactory implements SandboxSource {
  readonly #options: SandboxFactoryOptions;
  readonly #users = new SandboxUsers();
  readonly #reaper = new Reaper();
  #level: Level = "process";
  #ground: Ground;
  #blankDataBytes: number | undefined;
  #report: SandboxReport | undefined;

  private constructor(options: SandboxFactoryOptions, ground: Ground) {
    this.#options = options;
    this.#ground = ground;
  }

  /**
   * Starts a first sandbox in the strongest way that works, and measures it. Throws when sandboxes cannot be started here,
   * or not in the mode that is asked for.
   */
  static async open(options: SandboxFactoryOptions): Promise<SandboxFactory> {
    const factory = new SandboxFactory(options, await groundOf(options.files, "process"));
    const faults: string[] = [];
    for (const level of levelsOf(options.mode)) {
      try {
        await factory.#settle(level, faults[0]);
        return factory;
      } catch (error) {
        if (level === "process") {
          factory.close();
          throw error;
        }
        faults.push(error instanceof Error ? error.message : String(error));
      }
    }
    factory.close();
    throw new Error(
      `Sandboxes cannot run in namespaces here, as PATCHBAY_SANDBOX=namespaces asks for: ${faults.at(-1)}. Allow user namespaces to this user and install util-linux and perl, or leave the variable out.`,
    );
  }

  /** What the system holds sandboxes with. */
  get report(): SandboxReport {
    if (this.#report === undefined) throw new Error("A sandbox factory is opened before it is asked.");
    return this.#report;
  }

  /** Throws when it cannot be started, with its files prepared anew either: systems clear out temporary folders. */
  async start(memoryMb: number): Promise<Sandbox> {
    try {
      return await this.#start(memoryMb);
    } catch {
      this.#ground = await groundOf(this.#options.files, this.#level);
      return await this.#start(memoryMb);
    }
  }

  close(): void {
    this.#reaper.close();
  }

  async #settle(level: Level, note: string | undefined): Promise<void> {
    this.#ground = await groundOf(this.#options.files, level);
    const sandbox = await this.#start(MEASURED_MEMORY_MB);
    const { pid } = sandbox;
    this.#level = level;
    this.#blankDataBytes = await dataBytesOf(pid);
    this.#report = await inForce(pid, this.#blankDataBytes !== undefined, note);
    sandbox.kill();
    await sandbox.ended;
  }

  async #start(memoryMb: number): Promise<Sandbox> {
    const { onInternalFault, isUnchecked = false } = this.#options;
    const ground = this.#ground;
    const blank = this.#blankDataBytes;
    const maxDataBytes = blank === undefined ? undefined : blank + DATA_HEADROOM_BYTES + memoryMb * MiB;
    const guest = await GuestProcess.start({
      ...ground,
      isUnchecked,
      memoryMb,
      maxDataBytes,
      reaper: this.#reaper,
      user: this.#users.next(),
    });
    const sandbox = await Sandbox.of(guest, memoryMb, onInternalFault);
    if (ground.launcher !== undefined) await guest.findChild();
    return sandbox;
  }
}

const levelsOf = (mode: SandboxMode | undefined): readonly Level[] => {
  if (mode === "process" || (mode === undefined && process.platform !== "linux")) return ["process"];
  return mode === "namespaces" ? ["filtered", "namespaces"] : LEVELS;
};

const groundOf = async (options: SandboxFileOptions, level: Level): Promise<Ground> => {
  const files = await prepareSandboxFiles(options);
  if (level === "process") return { files, launcher: undefined };
  const root = await prepareSandboxRoot(files);
  return { files, launcher: launcherFor(root, files.deno, level === "filtered") };
};

/** What the system counts as a process's data; undefined where it does not tell, and would not limit it either. */
const dataBytesOf = async (pid: number): Promise<number | undefined> => {
  const status = await readFile(`/proc/${pid}/status`, "latin1").catch(() => "");
  const found = /^VmData:\s+(\d+) kB/m.exec(status)?.[1];
  return found === undefined ? undefined : Number(found) * KiB;
};
