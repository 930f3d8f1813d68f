import type { SandboxReport } from "@patchbay/core";
import { PatchbayError } from "@patchbay/protocol";
import { Connection } from "../connection/connection.ts";
import { READY_DEADLINE_MS } from "../limits.ts";
import type { Transport } from "../transport/transport.ts";
import { errorFromEnd, type ProcessEnd } from "./process-end.ts";

/** A guest that was started, and what it runs in. */
export interface RunningGuest {
  readonly transport: Transport;
  /** Of its process; it may become known only when the guest is ready. */
  readonly pid: number;
  /** Whether it wrote more to standard error than any honest sandbox. */
  readonly flooded: boolean;
  /** Never rejects. */
  readonly ended: Promise<ProcessEnd>;
  /** From now on, `hear` gets what it writes to standard error, which no plugin can reach: an engine's last words mostly. */
  onStderr(hear: (text: string) => void): void;
}

/** Where blank sandboxes come from. */
export interface SandboxSource {
  /** What the system holds them with. */
  readonly report: SandboxReport;
  /** Comes back with one that is ready. Throws when it cannot be started. */
  start(memoryMb: number): Promise<Sandbox>;
  /** Call it when all of them have ended. */
  close(): void;
}

/** A blank guest: it runs, and waits for a plugin. */
export class Sandbox {
  readonly connection: Connection;
  readonly memoryMb: number;
  /** Why it ended, once it has. Never rejects. */
  readonly ended: Promise<PatchbayError>;
  readonly #guest: RunningGuest;

  private constructor(guest: RunningGuest, connection: Connection, memoryMb: number) {
    this.#guest = guest;
    this.connection = connection;
    this.memoryMb = memoryMb;
    this.ended = guest.ended.then((end) => {
      if (guest.flooded)
        return new PatchbayError(
          "plugin_flooding",
          "The plugin was stopped: it wrote too much to standard error.",
        );
      return connection.fault ?? errorFromEnd(end, memoryMb);
    });
  }

  /** Waits until a guest is ready. `onInternalFault` hears of faults of the host's own. Throws when it ends instead. */
  static async of(
    guest: RunningGuest,
    memoryMb: number,
    onInternalFault: (error: unknown) => void,
  ): Promise<Sandbox> {
    const { promise: ready, resolve } = Promise.withResolvers<void>();
    const connection = new Connection(
      guest.transport,
      (message) => {
        if (message.t === "ready") resolve();
        else connection.breakOff(new PatchbayError("protocol_violation", "A blank sandbox sent something."));
      },
      onInternalFault,
    );
    const sandbox = new Sandbox(guest, connection, memoryMb);
    const timer = setTimeout(
      () => connection.breakOff(new PatchbayError("activation_failed", "The sandbox did not start in time.")),
      READY_DEADLINE_MS,
    );
    const failure = await Promise.race([ready, guest.ended]);
    clearTimeout(timer);
    if (failure === undefined) return sandbox;
    throw new Error(
      `A sandbox ended before it was ready (${failure.signal ?? failure.code}): ${failure.stderr}`,
      {
        cause: connection.fault,
      },
    );
  }

  get pid(): number {
    return this.#guest.pid;
  }

  /** From now on, `hear` gets what its process writes to standard error. */
  onStderr(hear: (text: string) => void): void {
    this.#guest.onStderr(hear);
  }

  /** Ends it at once. */
  kill(): void {
    this.#guest.transport.kill();
  }
}
