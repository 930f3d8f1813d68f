import type {
  InstanceReport,
  PluginAnswer,
  PluginCall,
  PluginRuntime,
  PluginSpec,
  RuntimeHost,
  SandboxMode,
  SandboxReport,
} from "@patchbay/core";
import {
  DEFAULT_MEMORY_MB,
  type FoundContributions,
  MAX_PENDING_CALLS,
  PatchbayError,
} from "@patchbay/protocol";
import { deadlineExceeded } from "../faults.ts";
import { inspectScript } from "../instance/inspect.ts";
import { Instance } from "../instance/instance.ts";
import { LogIntake } from "../instance/log-intake.ts";
import { ACTIVATION_DEADLINE_MS, IDLE_EVICTION_MS, MAX_INSTANCES, WARM_SANDBOXES } from "../limits.ts";
import type { SandboxFileOptions } from "../sandbox/files/sandbox-files.ts";
import { Pool } from "../sandbox/pool.ts";
import { ProcessUsageTable } from "../sandbox/process-usage.ts";
import type { SandboxSource } from "../sandbox/sandbox.ts";
import { SandboxFactory } from "../sandbox/sandbox-factory.ts";
import { withDeadline } from "../with-deadline.ts";
import { Caretaker } from "./caretaker.ts";
import { Failures } from "./failures.ts";
import { ScriptCache } from "./script-cache.ts";
import { identityOf } from "./spec-identity.ts";

export interface SupervisorOptions extends SandboxFileOptions {
  /** Blank sandboxes that wait, of the default tier. */
  readonly warmSandboxes?: number;
  /** Milliseconds without a call after which an instance is ended. */
  readonly idleEvictionMs?: number;
  readonly maxInstances?: number;
  /** Where blank sandboxes come from: processes of this machine unless given. */
  readonly sandboxes?: SandboxSource;
  /** How the system holds sandboxes: the most that works here unless given. `namespaces` does not open without. */
  readonly sandbox?: SandboxMode | undefined;
  /** For tests of what holds below the runtime's own checks: switches these off. */
  readonly isUnchecked?: boolean;
  /** The least time that a start gets, in milliseconds; a plugin with longer calls gets as long as a call. */
  readonly activationDeadlineMs?: number;
  /** Hears of faults of the runtime's own; they reach plugins and callers as `internal`. */
  readonly onInternalFault?: (error: unknown) => void;
}

/** One version of an installation on this node. */
interface Slot {
  readonly key: string;
  readonly spec: PluginSpec;
  readonly failures: Failures;
  /** Runs, and takes calls. */
  instance: Instance | undefined;
  starting: Promise<Instance> | undefined;
  /** Calls that wait for the start. */
  waiting: number;
  /** Set once the runtime has stopped trying. */
  givenUp: PatchbayError | undefined;
}

/** Faults that count against the plugin when a start fails; others are the platform's. */
const PLUGIN_FAULTS: ReadonlySet<string> = new Set([
  "activation_failed",
  "contributions_mismatch",
  "cpu_exceeded",
  "deadline_exceeded",
  "out_of_memory",
  "plugin_crashed",
  "plugin_flooding",
  "protocol_violation",
]);

/** Runs plugins: finds or starts an instance for each call, restarts what crashes, and ends what is not needed. */
export class Supervisor implements PluginRuntime {
  readonly #host: RuntimeHost;
  readonly #options: SupervisorOptions;
  readonly #pool: Pool;
  readonly #sandboxes: SandboxSource;
  readonly #scripts: ScriptCache;
  readonly #log: LogIntake;
  readonly #usage = new ProcessUsageTable();
  readonly #slots = new Map<string, Slot>();
  readonly #instances = new Set<Instance>();
  readonly #caretaker: Caretaker;
  #closed = false;

  private constructor(host: RuntimeHost, options: SupervisorOptions, sandboxes: SandboxSource) {
    this.#host = host;
    this.#options = options;
    this.#sandboxes = sandboxes;
    this.#scripts = new ScriptCache((digest) => host.loadScript(digest));
    this.#log = new LogIntake((spec, lines) => host.log(spec, lines));
    this.#pool = new Pool({
      start: (memoryMb) => sandboxes.start(memoryMb),
      warm: { [DEFAULT_MEMORY_MB]: options.warmSandboxes ?? WARM_SANDBOXES },
      onRefillFailed: this.#fault,
    });
    this.#caretaker = new Caretaker({
      instances: this.#instances,
      usage: this.#usage,
      idleEvictionMs: options.idleEvictionMs ?? IDLE_EVICTION_MS,
      maxInstances: options.maxInstances ?? MAX_INSTANCES,
      evict: (instance) => void this.#retire(instance),
    });
  }

  /** Prepares the sandbox's files and the first blank sandboxes. Throws when sandboxes cannot be started here. */
  static async open(host: RuntimeHost, options: SupervisorOptions = {}): Promise<Supervisor> {
    const onInternalFault = (error: unknown): void => options.onInternalFault?.(error);
    const { sandbox: mode, isUnchecked = false } = options;
    const sandboxes =
      options.sandboxes ??
      (await SandboxFactory.open({ files: options, mode, isUnchecked, onInternalFault }));
    const supervisor = new Supervisor(host, options, sandboxes);
    await supervisor.#pool.fill();
    return supervisor;
  }

  async start(spec: PluginSpec): Promise<void> {
    const slot = this.#slotOf(spec);
    if (slot.instance !== undefined) return;
    slot.failures.forget();
    slot.givenUp = undefined;
    try {
      await this.#activate(slot);
    } finally {
      if (slot.instance === undefined && slot.starting === undefined) this.#slots.delete(slot.key);
    }
  }

  call(spec: PluginSpec, call: PluginCall): Promise<PluginAnswer> {
    const deadlineAt = performance.now() + spec.callSeconds * 1000;
    const slot = this.#slotOf(spec);
    return slot.instance?.call(call, deadlineAt) ?? this.#callAfterStart(slot, call, deadlineAt);
  }

  async retire(installationId: string, keep?: PluginSpec): Promise<void> {
    const kept = keep && identityOf(keep);
    const retired = [...this.#slots.values()].filter(
      ({ key, spec }) => spec.installationId === installationId && key !== kept,
    );
    await Promise.all(retired.map((slot) => this.#retireSlot(slot)));
  }

  settingsChanged(installationId: string): void {
    for (const instance of this.#instances) {
      if (instance.spec.installationId === installationId) instance.settingsChanged();
    }
  }

  forgive(installationId: string): void {
    for (const slot of this.#slots.values()) {
      if (slot.spec.installationId !== installationId) continue;
      slot.failures.forget();
      slot.givenUp = undefined;
    }
  }

  instances(): readonly InstanceReport[] {
    return [...this.#instances].map((instance) => instance.report(pick(this.#usage.get(instance.pid))));
  }

  async inspect(script: string, { memoryMb }: { readonly memoryMb: number }): Promise<FoundContributions> {
    try {
      return await inspectScript(await this.#pool.take(memoryMb), Buffer.from(script));
    } finally {
      this.#pool.refillSoon();
    }
  }

  sandbox(): SandboxReport {
    return this.#sandboxes.report;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#caretaker.stop();
    for (const instance of this.#instances) instance.kill();
    await Promise.all([this.#pool.close(), ...[...this.#instances].map((instance) => instance.ended)]);
    this.#log.flush();
    this.#sandboxes.close();
  }

  #slotOf(spec: PluginSpec): Slot {
    const key = identityOf(spec);
    const found = this.#slots.get(key);
    if (found !== undefined) return found;
    const slot: Slot = {
      key,
      spec,
      failures: new Failures(),
      instance: undefined,
      starting: undefined,
      waiting: 0,
      givenUp: undefined,
    };
    this.#slots.set(key, slot);
    return slot;
  }

  async #callAfterStart(slot: Slot, call: PluginCall, deadlineAt: number): Promise<PluginAnswer> {
    if (slot.givenUp !== undefined) throw givenUp(slot.givenUp);
    if (slot.waiting >= MAX_PENDING_CALLS)
      throw new PatchbayError("overloaded", "Too many calls wait for this plugin. Try again in a moment.");
    slot.waiting++;
    try {
      const late = () => deadlineExceeded("The plugin's start", slot.spec.callSeconds);
      const instance = await withDeadline(this.#restart(slot), deadlineAt - performance.now(), late);
      return await instance.call(call, deadlineAt);
    } finally {
      slot.waiting--;
    }
  }

  /** Starts for a call: after a wait when the last attempts failed, and not for ever. */
  #restart(slot: Slot): Promise<Instance> {
    if (slot.starting !== undefined) return slot.starting;
    const delay = slot.failures.delay(performance.now());
    const started = this.#activate(slot, delay);
    started.catch((error: unknown) => {
      if (error instanceof PatchbayError && PLUGIN_FAULTS.has(error.code)) this.#recordFailure(slot, error);
    });
    return started;
  }

  /** Everybody who wants the same instance waits for the same start. */
  #activate(slot: Slot, delayMs = 0): Promise<Instance> {
    slot.starting ??= this.#startInstance(slot, delayMs).finally(() => {
      slot.starting = undefined;
    });
    return slot.starting;
  }

  async #startInstance(slot: Slot, delayMs: number): Promise<Instance> {
    if (this.#closed) throw new PatchbayError("unavailable", "The server is stopping.");
    if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
    const { spec } = slot;
    await this.#host.beforeStart(spec);
    const script = await this.#scripts.get(spec.scriptDigest);
    const sandbox = await this.#pool.take(spec.memoryMb);
    const instance = new Instance({
      spec,
      sandbox,
      host: this.#host,
      log: this.#log,
      onInternalFault: this.#fault,
    });
    this.#instances.add(instance);
    this.#caretaker.wake();
    void instance.ended.then((error) => this.#onEnded(slot, instance, error));
    const least = this.#options.activationDeadlineMs ?? ACTIVATION_DEADLINE_MS;
    try {
      await instance.load({ script, deadlineMs: Math.max(least, spec.callSeconds * 1000) });
    } finally {
      this.#pool.refillSoon();
    }
    slot.instance = instance;
    return instance;
  }

  #onEnded(slot: Slot, instance: Instance, error: PatchbayError): void {
    this.#instances.delete(instance);
    this.#log.flush();
    if (!instance.isDraining && !this.#closed) this.#host.ended(slot.spec, error);
    if (slot.instance !== instance) return;
    slot.instance = undefined;
    if (!instance.isDraining && !this.#closed) this.#recordFailure(slot, error);
  }

  #recordFailure(slot: Slot, error: PatchbayError): void {
    if (!slot.failures.record(performance.now()) || slot.givenUp !== undefined) return;
    slot.givenUp = error;
    this.#host.gaveUp(slot.spec, error);
  }

  /** Ends an instance that no new call reaches any more. */
  async #retire(instance: Instance): Promise<void> {
    for (const slot of this.#slots.values()) {
      if (slot.instance !== instance) continue;
      slot.instance = undefined;
      if (slot.failures.isClean) this.#slots.delete(slot.key);
    }
    await instance.retire();
  }

  async #retireSlot(slot: Slot): Promise<void> {
    this.#slots.delete(slot.key);
    // A start under way is waited for: calls may wait for it too. Its failure is theirs to hear.
    const instance = slot.instance ?? (await slot.starting?.catch(() => undefined));
    await instance?.retire();
  }

  readonly #fault = (error: unknown): void => this.#options.onInternalFault?.(error);
}

const givenUp = (error: PatchbayError): PatchbayError =>
  new PatchbayError(
    "plugin_failed",
    `The plugin was stopped after repeated failures. The last: ${error.message}`,
    {
      facts: { lastCode: error.code },
    },
  );

const pick = ({ residentBytes, cpuMs }: { residentBytes: number; cpuMs: number }) => ({
  residentBytes,
  cpuMs,
});
