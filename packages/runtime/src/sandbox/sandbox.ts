import { PatchbayError } from "@patchbay/protocol";
import { Connection } from "../connection/connection.ts";
import { errorFromEnd } from "../faults.ts";
import { GuestProcess, type ProcessOptions } from "./guest-process.ts";
import { READY_DEADLINE_MS } from "../limits.ts";

/** A blank guest: its process runs, and waits for a plugin. */
export class Sandbox {
  readonly process: GuestProcess;
  readonly connection: Connection;
  readonly memoryMb: number;
  /** Why it ended, once it has. Never rejects. */
  readonly ended: Promise<PatchbayError>;

  private constructor(process: GuestProcess, connection: Connection, memoryMb: number) {
    this.process = process;
    this.connection = connection;
    this.memoryMb = memoryMb;
    this.ended = process.ended.then((end) => {
      if (process.flooded)
        return new PatchbayError(
          "plugin_flooding",
          "The plugin was stopped: it wrote too much to standard error.",
        );
      return connection.fault ?? errorFromEnd(end, memoryMb);
    });
  }

  /** Starts one and waits until it is ready. Throws a `PatchbayError` or an internal fault. */
  static async start(options: ProcessOptions, onInternalFault: (error: unknown) => void): Promise<Sandbox> {
    const process = await GuestProcess.start(options);
    const { promise: ready, resolve } = Promise.withResolvers<void>();
    const connection = new Connection(
      process,
      (message) => {
        if (message.t === "ready") resolve();
        else connection.breakOff(new PatchbayError("protocol_violation", "A blank sandbox sent something."));
      },
      onInternalFault,
    );
    const sandbox = new Sandbox(process, connection, options.memoryMb);
    const timer = setTimeout(
      () => connection.breakOff(new PatchbayError("activation_failed", "The sandbox did not start in time.")),
      READY_DEADLINE_MS,
    );
    const failure = await Promise.race([ready, process.ended]);
    clearTimeout(timer);
    if (failure === undefined && options.launcher !== undefined) await process.findChild();
    if (failure === undefined) return sandbox;
    throw new Error(
      `A sandbox ended before it was ready (${failure.signal ?? failure.code}): ${failure.stderr}`,
      {
        cause: connection.fault,
      },
    );
  }
}
