import type {
  CallAsks,
  CallSurface,
  DeclaredNames,
  FileHead,
  FoundContributions,
  LogLevel,
  PatchbayError,
  ServerKindName,
  Trace,
} from "@patchbay/protocol";
import type { EgressAllowance } from "./egress.ts";

/** What to run for an installation. Specs that differ in anything are run by instances of their own. */
export interface PluginSpec {
  readonly installationId: string;
  readonly organizationId: string;
  readonly pluginId: string;
  readonly version: string;
  /** SHA-256 of the package, hex: manifest, code and all else that a version is. */
  readonly packageDigest: string;
  /** SHA-256 of the script form, hex. */
  readonly scriptDigest: string;
  /** Names that the manifest lists of what server code defines; the code must define the same. */
  readonly contributes: DeclaredNames;
  readonly memoryMb: number;
  readonly callSeconds: number;
}

/** Who has started a chain of calls, in which plugins ask plugins. */
export interface StartedBy {
  /** Id. */
  readonly person: string;
  /** Id of the API key with which they have. */
  readonly apiKey?: string;
}

/** How far a call is, as its plugin says. */
export interface CallProgress {
  readonly done: number;
  readonly total?: number;
  readonly message?: string;
}

/** A call as what it asks for knows of it, by which the log of calls has the whole chain. */
export interface CallLink {
  /** Id of the call. */
  readonly call: string;
  /** Id of the first call of its chain. */
  readonly first: string;
  /** Through what that came, where it is known. */
  readonly surface?: CallSurface;
  /** Who has made it, for the log: unlike `startedBy` also behind calls that act for nobody, as those of message hooks do. */
  readonly starter?: StartedBy;
  readonly trace?: Trace;
}

export interface PluginCall {
  readonly kind: ServerKindName;
  readonly name: string;
  readonly input: unknown;
  /** Slug of the project on whose behalf the call is made; absent without one. */
  readonly project?: string;
  /** Aborting it cancels the call in the plugin and rejects with `cancelled`. */
  readonly signal?: AbortSignal;
  /** Files beside the input. What their pieces throw ends the call with that error. */
  readonly files?: CallFiles;
  /** Through what the call has come, the outermost first; absent where no plugin asked for it. */
  readonly path?: readonly string[];
  /** Who has made the first call of the chain; absent where nobody has. */
  readonly startedBy?: StartedBy | undefined;
  /** Hears how far the call is until its last word, some ten times a second at the most. */
  readonly onProgress?: (progress: CallProgress) => void;
  /** Whoever made the call can be asked: it then rejects with `input_required`, whose facts have the `questions`, and is to be made again with the answers. */
  readonly asks?: CallAsks;
  /** What calls are told that this one makes. */
  readonly link?: CallLink;
  /** Hears how many bytes have gone to the sandbox and have come from it, message by message. */
  readonly onBytes?: (way: "input" | "output", bytes: number) => void;
}

/** Files beside the JSON of a call or an answer, whose bytes come one file after the other as they are read. */
export interface CallFiles {
  readonly heads: readonly FileHead[];
  /** The bytes of all of them, in the order of the heads. To be read to the end, or returned early. */
  readonly pieces: AsyncIterable<FilePiece>;
}

export interface FilePiece {
  readonly bytes: Uint8Array;
  /** Whether this is the last of its file. */
  readonly ends: boolean;
}

/** What a call came to: one value, a value with files beside it, or a stream of values; what comes by and by must be read or returned early. */
export type PluginAnswer =
  | { readonly kind: "value"; readonly value: unknown }
  | { readonly kind: "stream"; readonly values: AsyncIterable<unknown> }
  | { readonly kind: "files"; readonly value: unknown; readonly files: CallFiles };

/** One sandboxed process as the operator sees it. Memory in bytes, times in milliseconds. */
export interface InstanceReport {
  readonly installationId: string;
  readonly organizationId: string;
  readonly pluginId: string;
  readonly version: string;
  readonly pid: number;
  readonly state: "starting" | "running" | "draining";
  readonly startedAt: string;
  readonly lastUsedAt: string;
  readonly callsInFlight: number;
  readonly calls: number;
  readonly residentBytes: number;
  readonly cpuMs: number;
}

export const SANDBOX_MODES = ["namespaces", "process"] as const;
export type SandboxMode = (typeof SANDBOX_MODES)[number];

/** What the operating system holds sandboxes with, below the runtime's own checks, as found on a running one. */
export interface SandboxReport {
  /** `namespaces` when all of them are in force. */
  readonly mode: SandboxMode;
  readonly namespaces: Readonly<Record<"user" | "mount" | "pid" | "ipc" | "uts" | "net", boolean>>;
  /** A filter of system calls. */
  readonly seccomp: boolean;
  readonly noNewPrivileges: boolean;
  /** The system itself limits memory; elsewhere it is looked at, and the process ended. */
  readonly memoryLimit: boolean;
  /** Why no more is in force. */
  readonly note?: string;
}

/** Runs plugins in sandboxes. One implementation: `Supervisor` of `@patchbay/runtime`. */
export interface PluginRuntime {
  /**
   * Starts an instance of `spec` beside whatever runs for the installation, and comes back when its `onActivate` is
   * done and its contributions agree with the spec. Throws `activation_failed`, `contributions_mismatch`,
   * `out_of_memory` or `deadline_exceeded`; nothing of the failed attempt stays behind.
   */
  start(spec: PluginSpec): Promise<void>;
  /**
   * Calls into the plugin; starts an instance when none is running. Throws `PatchbayError`, at the latest 250 ms after
   * the spec's `callSeconds`, which begin anew with every piece of a file that goes in.
   */
  call(spec: PluginSpec, call: PluginCall): Promise<PluginAnswer>;
  /** Ends the instances of an installation, or all but those that run `keep`, after the calls under way. */
  retire(installationId: string, keep?: PluginSpec): Promise<void>;
  /** Settings of the installation changed: the next call sees them, and running plugins hear `onChange`. */
  settingsChanged(installationId: string): void;
  /** Forgets failures, so that an installation that was given up is tried again. */
  forgive(installationId: string): void;
  instances(): readonly InstanceReport[];
  /** Runs a script in a blank sandbox without activating it, and tells what it defines. For upload and `pack`. */
  inspect(script: string, limits: { memoryMb: number }): Promise<FoundContributions>;
  /** What sandboxes are held with here; null where none run. */
  sandbox(): SandboxReport | null;
  /** Ends every instance. */
  close(): Promise<void>;
}

/** Who makes a call into the platform: an installation, in a version. */
export type HostCaller = Pick<PluginSpec, "installationId" | "organizationId" | "pluginId" | "version">;

/** What a plugin's call into the platform comes with. */
export interface HostCall {
  readonly spec: HostCaller;
  /** Slug of the project of the call on whose behalf this is made. */
  readonly project?: string;
  /** Through what that call has come. */
  readonly path?: readonly string[];
  /** Who has made the first call of that call's chain; absent where nobody has. */
  readonly startedBy?: StartedBy | undefined;
  /** That call itself; absent where this is made for none. */
  readonly link?: CallLink | undefined;
  /** Aborted when that call has ended, or was told to; absent where this is made for none. */
  readonly callEnded?: AbortSignal;
  /** Aborted when that call is told to end before it has, since nobody waits for it; absent where it was told already, and for none. */
  readonly callGivenUp?: AbortSignal;
  readonly method: string;
  readonly params: unknown;
  /** Bytes beside the parameters: a body, a file. */
  readonly attachment: Uint8Array;
  /** Aborted when the plugin gives the call up or its process ends. */
  readonly signal: AbortSignal;
  /** Of a `fetch` that the host makes itself. */
  readonly allowance?: EgressAllowance;
}

export interface HostAnswer {
  readonly value: unknown;
  /** Follows the value, chunk by chunk as the plugin reads. */
  readonly body?: AsyncIterable<Uint8Array>;
  /** The same for values: an answer has bytes or values behind it, or neither. */
  readonly values?: AsyncIterable<unknown>;
  /** To be called once, when the answer has been sent or given up: until then what it holds counts for the caller. */
  readonly release?: () => void;
}

export interface PluginLogLine {
  readonly at: Date;
  readonly level: LogLevel;
  readonly message: string;
  readonly fields?: Readonly<Record<string, unknown>>;
  readonly version: string;
}

/** What the runtime needs from the rest: the only ways in which a running plugin reaches anything. */
export interface RuntimeHost {
  /** Asked before every start of an instance, which does not happen when it throws. */
  beforeStart(spec: PluginSpec): Promise<void>;
  /** The script form by digest, checked against it. Throws `artifact_missing` or `artifact_corrupt`. */
  loadScript(digest: string): Promise<string>;
  /** The gate. Throws `PatchbayError`; anything else reaches the plugin as `internal` without its message. */
  hostCall(call: HostCall): Promise<HostAnswer>;
  /** Effective settings, secrets as placeholders. */
  settings(spec: PluginSpec, project: string | undefined): Promise<Readonly<Record<string, unknown>>>;
  /** Takes log lines; never waits, never throws. */
  log(spec: PluginSpec, lines: readonly PluginLogLine[]): void;
  /** An instance ended that nobody meant to end: it crashed, or was ended for what it did. */
  ended(spec: PluginSpec, error: PatchbayError): void;
  /** The runtime stops trying: repeated crashes or failed starts. */
  gaveUp(spec: PluginSpec, error: PatchbayError): void;
}
