import type { InstanceReport, PluginAnswer, PluginCall, PluginSpec, RuntimeHost } from "@patchbay/core";
import {
  type FoundContributions,
  FrameError,
  type GuestMessage,
  MAX_PENDING_CALLS,
  PatchbayError,
  type WireError,
} from "@patchbay/protocol";
import { CallTable } from "../calls/call-table.ts";
import { Heartbeat } from "../connection/heartbeat.ts";
import { asActivationFault, deadlineExceeded } from "../faults.ts";
import { HostCallTable } from "../host-calls/host-call-table.ts";
import { DEACTIVATE_DEADLINE_MS, DRAIN_GRACE_MS, MAX_QUEUED_BYTES } from "../limits.ts";
import type { Sandbox } from "../sandbox/sandbox.ts";
import { withDeadline } from "../with-deadline.ts";
import { contributionsFault } from "./contributions.ts";
import type { LogIntake } from "./log-intake.ts";
import { ProcessorAccount } from "./processor-account.ts";
import { ProjectSettings } from "./project-settings.ts";

export interface InstanceOptions {
  readonly spec: PluginSpec;
  readonly sandbox: Sandbox;
  readonly host: RuntimeHost;
  readonly log: LogIntake;
  readonly onInternalFault: (error: unknown) => void;
}

export interface LoadOptions {
  /** The script form in UTF-8. */
  readonly script: Uint8Array;
  readonly deadlineMs: number;
}

/** One plugin in one process: owns its state, its calls in both directions, and its end. */
export class Instance {
  readonly spec: PluginSpec;
  readonly startedAt = new Date();
  /** Why it ended. Never rejects. */
  readonly ended: Promise<PatchbayError>;
  readonly #sandbox: Sandbox;
  readonly #log: LogIntake;
  readonly #calls: CallTable;
  readonly #hostCalls: HostCallTable;
  readonly #settings: ProjectSettings;
  readonly #heartbeat: Heartbeat;
  readonly #loaded = Promise.withResolvers<FoundContributions>();
  readonly #deactivated = Promise.withResolvers<void>();
  readonly #idle = { waiters: [] as (() => void)[] };
  #state: InstanceReport["state"] = "starting";
  #end: PatchbayError | undefined;
  #entering = 0;
  #lastUsedAt = performance.now();
  #callCount = 0;
  /** How many calls there had been when its processor time was last looked at; -1 when some were under way. */
  #accountedCalls = -1;
  readonly #processor = new ProcessorAccount();

  constructor({ spec, sandbox, host, log, onInternalFault }: InstanceOptions) {
    this.spec = spec;
    this.#sandbox = sandbox;
    this.#log = log;
    const { connection } = sandbox;
    const send = connection.send.bind(connection);
    this.#heartbeat = new Heartbeat(connection);
    this.#settings = new ProjectSettings(send, (project) => host.settings(spec, project));
    const roomBelow = connection.roomBelow.bind(connection);
    this.#calls = new CallTable({
      send,
      roomBelow,
      onOverdue: (name, error) => {
        this.#log.write(spec, "warn", `${name}: ${error.message}`, { code: error.code });
        this.#heartbeat.demandSignOfLife();
      },
      onNeverEnded: () =>
        this.kill(
          new PatchbayError(
            "plugin_crashed",
            "The plugin did not let go of a call after its deadline, and its process was ended.",
          ),
        ),
      onIdle: () => this.#wakeIdleWaiters(),
      onPluginError: (name, error) => this.#logPluginError(name, error),
    });
    this.#hostCalls = new HostCallTable({
      spec,
      handle: (call) => host.hostCall(call),
      factsOf: (call) => this.#calls.factsOf(call),
      send,
      roomBelow,
      breakOff: (error) => connection.breakOff(error),
      onInternalFault,
    });
    this.#loaded.promise.catch(() => undefined);
    this.ended = sandbox.ended.then((error) => this.#onEnded(error));
    sandbox.onStderr((text) => log.write(spec, "warn", `Standard error: ${text}`));
    connection.handOver((message, attachment, size) => this.#handle(message, attachment, size));
  }

  get pid(): number {
    return this.#sandbox.pid;
  }
  get memoryMb(): number {
    return Math.min(this.spec.memoryMb, this.#sandbox.memoryMb);
  }
  /** Whether it runs and has nothing to do. */
  get isIdle(): boolean {
    return this.#state === "running" && this.#hasNoCalls;
  }
  /** On the clock of `performance.now()`. */
  get lastUsedAt(): number {
    return this.#lastUsedAt;
  }
  /** Whether it is being ended on purpose. */
  get isDraining(): boolean {
    return this.#state === "draining";
  }

  /**
   * Makes the sandbox this plugin: settings, script, `onActivate`. Throws `activation_failed`,
   * `contributions_mismatch`, `out_of_memory`, `deadline_exceeded` or what settings throw; the process is gone then.
   */
  async load({ script, deadlineMs }: LoadOptions): Promise<void> {
    const { pluginId, version } = this.spec;
    const load = async (): Promise<FoundContributions> => {
      await this.#settings.ensure("");
      this.#sandbox.connection.send({ t: "load", pluginId, version }, script);
      return await this.#loaded.promise;
    };
    try {
      const late = () => deadlineExceeded("The plugin's onActivate", deadlineMs / 1000);
      const found = await withDeadline(load(), deadlineMs, late);
      const fault = contributionsFault(this.spec, found);
      if (fault !== undefined) throw fault;
      this.#state = "running";
    } catch (error) {
      this.#state = "draining";
      this.kill();
      await this.ended;
      throw error;
    }
  }

  /** Rejects with `PatchbayError`. `deadlineAt` is on the clock of `performance.now()`. */
  call(call: PluginCall, deadlineAt: number): Promise<PluginAnswer> {
    this.#lastUsedAt = performance.now();
    this.#callCount++;
    if (
      this.#calls.size + this.#entering >= MAX_PENDING_CALLS ||
      this.#sandbox.connection.queuedBytes > MAX_QUEUED_BYTES
    ) {
      return Promise.reject(
        new PatchbayError("overloaded", "Too many calls wait for this plugin. Try again in a moment."),
      );
    }
    const settings = this.#settings.ensure(call.project ?? "");
    return settings === undefined
      ? this.#start(call, deadlineAt)
      : this.#startAfter(settings, call, deadlineAt);
  }

  /** New settings for every project in use. */
  settingsChanged(): void {
    if (this.#end === undefined) this.#settings.changed();
  }

  /** Asks an instance without calls for a sign of life. */
  beat(): void {
    this.#heartbeat.beat();
  }

  /** Takes what the process has used of the processor since its start, in milliseconds; ends it when that is too much. */
  account(cpuMs: number): void {
    const wasIdle = this.#hasNoCalls && this.#callCount === this.#accountedCalls;
    this.#accountedCalls = this.#hasNoCalls ? this.#callCount : -1;
    const fault = this.#processor.take(cpuMs, wasIdle) ?? this.#calls.overspent(cpuMs);
    if (fault !== undefined) this.kill(fault);
  }

  /** Ends it in an orderly way: after the calls under way, with `onDeactivate`. Comes back when the process is gone. */
  async retire(): Promise<void> {
    if (this.#state !== "draining") {
      this.#state = "draining";
      await this.#whenIdle(this.spec.callSeconds * 1000 + DRAIN_GRACE_MS);
      await this.#deactivate();
      this.kill();
    }
    await this.ended;
  }

  /** Ends it at once, as `error` if it was not ended for another reason already. */
  kill(error = new PatchbayError("unavailable", "The plugin was stopped. Try again in a moment.")): void {
    this.#sandbox.connection.breakOff(error);
  }

  report(usage: { readonly residentBytes: number; readonly cpuMs: number }): InstanceReport {
    const { installationId, organizationId, pluginId, version } = this.spec;
    return {
      installationId,
      organizationId,
      pluginId,
      version,
      pid: this.pid,
      state: this.#state,
      startedAt: this.startedAt.toISOString(),
      lastUsedAt: new Date(performance.timeOrigin + this.#lastUsedAt).toISOString(),
      callsInFlight: this.#calls.size,
      calls: this.#callCount,
      ...usage,
    };
  }

  get #hasNoCalls(): boolean {
    return this.#calls.size === 0 && this.#entering === 0;
  }

  async #startAfter(settings: Promise<void>, call: PluginCall, deadlineAt: number): Promise<PluginAnswer> {
    this.#entering++;
    try {
      const late = () => deadlineExceeded("The plugin's answer", this.spec.callSeconds);
      await withDeadline(settings, deadlineAt - performance.now(), late);
      return this.#start(call, deadlineAt);
    } finally {
      this.#entering--;
      if (this.#hasNoCalls) this.#wakeIdleWaiters();
    }
  }

  async #start(call: PluginCall, deadlineAt: number): Promise<PluginAnswer> {
    if (this.#end !== undefined) throw this.#end;
    try {
      return await this.#calls.start(
        call,
        Math.max(deadlineAt - performance.now(), 0),
        this.spec.callSeconds,
      );
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
      throw new PatchbayError("payload_too_large", "The input is too large for a plugin.", { cause: error });
    }
  }

  #handle(message: GuestMessage, attachment: Uint8Array, size: number): void {
    if (!this.#take(message, attachment, size)) {
      const what = `The plugin was stopped: its process sent "${message.t}" out of turn.`;
      this.#sandbox.connection.breakOff(new PatchbayError("protocol_violation", what));
    }
  }

  /** False when the message is not allowed now. */
  #take(message: GuestMessage, attachment: Uint8Array, size: number): boolean {
    switch (message.t) {
      case "value":
      case "chunk":
      case "end":
      case "error":
      case "asks":
        return this.#calls.handle(message, attachment, size);
      case "hostCall":
        this.#hostCalls.start(message, attachment, size);
        return true;
      case "hostCancel":
        this.#hostCalls.cancel(message.id);
        return true;
      case "credit":
        this.#hostCalls.credit(message.id, message.chunks, message.bytes ?? 0);
        return true;
      case "progress":
        this.#calls.progress(message);
        return true;
      case "bodyCredit":
        this.#calls.credit(message.id, message.chunks);
        return true;
      case "pong":
        return this.#heartbeat.hear(message.n);
      case "log":
        this.#log.take(this.spec, message);
        return true;
      case "loaded":
        this.#loaded.resolve(message.contributions);
        return this.#state === "starting";
      case "loadFailed":
        this.#logPluginError("onActivate", message.error);
        this.#loaded.reject(new PatchbayError("activation_failed", message.error.message));
        return this.#state === "starting";
      case "deactivated":
        if (message.error !== undefined) this.#logPluginError("onDeactivate", message.error);
        this.#deactivated.resolve();
        return this.#state === "draining";
      case "ready":
        return false;
      default:
        return message satisfies never;
    }
  }

  #onEnded(error: PatchbayError): PatchbayError {
    this.#end = error;
    this.#heartbeat.stop();
    if (!this.isDraining) this.#log.write(this.spec, "error", error.message, { code: error.code });
    this.#calls.failAll(error);
    this.#hostCalls.abortAll();
    this.#loaded.reject(asActivationFault(error));
    this.#deactivated.resolve();
    this.#wakeIdleWaiters();
    return error;
  }

  async #deactivate(): Promise<void> {
    if (this.#end !== undefined) return;
    this.#sandbox.connection.send({ t: "deactivate" });
    const late = () => deadlineExceeded("The plugin's onDeactivate", DEACTIVATE_DEADLINE_MS / 1000);
    await withDeadline(this.#deactivated.promise, DEACTIVATE_DEADLINE_MS, late).catch(
      (error: PatchbayError) => this.#log.write(this.spec, "warn", error.message),
    );
  }

  async #whenIdle(mostMs: number): Promise<void> {
    if (this.#hasNoCalls || this.#end !== undefined) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#idle.waiters.push(resolve);
    const timer = setTimeout(resolve, mostMs);
    await promise;
    clearTimeout(timer);
  }

  #wakeIdleWaiters(): void {
    if (this.#end === undefined && !this.#hasNoCalls) return;
    for (const wake of this.#idle.waiters.splice(0)) wake();
  }

  #logPluginError(where: string, error: WireError): void {
    this.#log.write(this.spec, "error", `${where}: ${error.stack ?? error.message}`);
  }
}
