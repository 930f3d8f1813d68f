import { readFile } from "node:fs/promises";
import { DATA_HEADROOM_BYTES } from "./limits.ts";
import type { Reaper } from "./reaper.ts";
import { Sandbox } from "./sandbox.ts";
import { prepareSandboxFiles, type SandboxFileOptions, type SandboxFiles } from "./sandbox-files.ts";
import { SandboxUsers } from "./sandbox-users.ts";

const KiB = 1024;
const MiB = 1024 * KiB;
/** Any tier does for measuring. */
const MEASURED_MEMORY_MB = 128;

export interface SandboxFactoryOptions {
  readonly files: SandboxFileOptions;
  readonly reaper: Reaper;
  readonly onInternalFault: (error: unknown) => void;
}

/** Starts blank sandboxes, each within its limits and as a user of its own. */
export class SandboxFactory {
  readonly #options: SandboxFactoryOptions;
  readonly #users = new SandboxUsers();
  #files: SandboxFiles;
  #blankDataBytes: number | undefined;

  private constructor(options: SandboxFactoryOptions, files: SandboxFiles) {
    this.#options = options;
    this.#files = files;
  }

  /** Measures a first sandbox, whose data no limit must cut. Throws when sandboxes cannot be started here. */
  static async open(options: SandboxFactoryOptions): Promise<SandboxFactory> {
    const factory = new SandboxFactory(options, await prepareSandboxFiles(options.files));
    const sandbox = await factory.start(MEASURED_MEMORY_MB);
    factory.#blankDataBytes = await dataBytesOf(sandbox.process.pid);
    sandbox.process.kill();
    await sandbox.ended;
    return factory;
  }

  /** Throws when it cannot be started, with its files prepared anew either: systems clear out temporary folders. */
  async start(memoryMb: number): Promise<Sandbox> {
    try {
      return await this.#start(memoryMb);
    } catch {
      this.#files = await prepareSandboxFiles(this.#options.files);
      return await this.#start(memoryMb);
    }
  }

  async #start(memoryMb: number): Promise<Sandbox> {
    const { reaper, onInternalFault } = this.#options;
    const files = this.#files;
    const blank = this.#blankDataBytes;
    const maxDataBytes = blank === undefined ? undefined : blank + DATA_HEADROOM_BYTES + memoryMb * MiB;
    return await Sandbox.start(
      { files, memoryMb, maxDataBytes, reaper, user: this.#users.next() },
      onInternalFault,
    );
  }
}

/** What the system counts as a process's data; undefined where it does not tell, and would not limit it either. */
const dataBytesOf = async (pid: number): Promise<number | undefined> => {
  const status = await readFile(`/proc/${pid}/status`, "latin1").catch(() => "");
  const found = /^VmData:\s+(\d+) kB/m.exec(status)?.[1];
  return found === undefined ? undefined : Number(found) * KiB;
};
