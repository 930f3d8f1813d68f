import { PatchbayError } from "@patchbay/protocol";
import { HEARTBEAT_GRACE_MS, PING_GRACE_MS } from "../limits.ts";
import type { Connection } from "./connection.ts";

/** Asks a guest for signs of life, and ends one that gives none: its event loop is stuck. */
export class Heartbeat {
  readonly #connection: Connection;
  #number = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** For a guest that let a deadline pass: it has `PING_GRACE_MS`. */
  demandSignOfLife(): void {
    this.#ping(PING_GRACE_MS);
  }

  /** For a guest that has nothing to do. */
  beat(): void {
    this.#ping(HEARTBEAT_GRACE_MS);
  }

  /** Takes a `pong`. False when nobody asked for it. */
  hear(n: number): boolean {
    if (n < 1 || n > this.#number) return false;
    if (n === this.#number) this.stop();
    return true;
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #ping(graceMs: number): void {
    this.stop();
    const n = ++this.#number;
    this.#connection.send({ t: "ping", n });
    this.#timer = setTimeout(() => {
      // When the host itself was held up, the answer may have arrived and not been read: let it be read first.
      setImmediate(() => this.#giveUp(n));
    }, graceMs);
  }

  #giveUp(n: number): void {
    if (this.#timer === undefined || n !== this.#number) return;
    this.stop();
    this.#connection.breakOff(
      new PatchbayError("plugin_crashed", "The plugin stopped answering, and its process was ended."),
    );
  }
}
