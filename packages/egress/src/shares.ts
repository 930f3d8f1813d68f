import { Slots } from "@patchbay/core";
import { PatchbayError } from "@patchbay/protocol";
import { type ConnectionOptions, Connections } from "./connections.ts";
import { IDLE_SHARE_MS, MAX_LARGE_WINDOWS, MAX_WAITING_REQUEST_BYTES } from "./limits.ts";

/** What one installation has of the way out: connections of its own, so that none waits for another's. */
export interface Share {
  readonly connections: Connections;
  /** Bodies that are decoded in a coding with a large window. */
  readonly windows: Slots;
}

/** Whose request it is, and how many of theirs may be under way at once. */
export interface Owner {
  readonly name: string;
  readonly atOnce: number;
  /** What it is when too much waits already. */
  readonly fault: "fetch_too_large" | "overloaded";
}

interface Held extends Share {
  readonly fetches: Slots;
  bytes: number;
  users: number;
  idle: NodeJS.Timeout | null;
}

/** Gives every owner its share of the way out for as long as it uses it. */
export class Shares {
  readonly #options: Omit<ConnectionOptions, "connections">;
  readonly #held = new Map<string, Held>();

  constructor(options: Omit<ConnectionOptions, "connections">) {
    this.#options = options;
  }

  /**
   * Waits until the owner may send a further request of `bytes`. The share belongs to the request until `release`. Throws
   * the owner's `fault` when too much waits already, or the reason of `signal`.
   */
  async enter(
    owner: Owner,
    bytes: number,
    signal: AbortSignal,
  ): Promise<{ share: Share; release: () => void }> {
    const held = this.#of(owner);
    if (held.bytes + bytes > MAX_WAITING_REQUEST_BYTES)
      throw new PatchbayError(
        owner.fault,
        `Requests that wait or are under way may have ${MAX_WAITING_REQUEST_BYTES} bytes together. Send fewer at once.`,
        { facts: { maxBytes: MAX_WAITING_REQUEST_BYTES } },
      );
    this.#use(held, bytes);
    try {
      const leave = await held.fetches.take(signal);
      return {
        share: held,
        release: once(() => {
          leave();
          this.#unuse(owner.name, held, bytes);
        }),
      };
    } catch (error) {
      this.#unuse(owner.name, held, bytes);
      throw error;
    }
  }

  async close(): Promise<void> {
    const all = [...this.#held.values()];
    this.#held.clear();
    for (const { idle } of all) if (idle !== null) clearTimeout(idle);
    await Promise.all(all.map(({ connections }) => connections.close()));
  }

  #of({ name, atOnce }: Owner): Held {
    const known = this.#held.get(name);
    if (known !== undefined) return known;
    const made: Held = {
      connections: new Connections({ ...this.#options, connections: atOnce }),
      windows: new Slots(MAX_LARGE_WINDOWS),
      fetches: new Slots(atOnce),
      bytes: 0,
      users: 0,
      idle: null,
    };
    this.#held.set(name, made);
    return made;
  }

  #use(held: Held, bytes: number): void {
    if (held.idle !== null) clearTimeout(held.idle);
    held.idle = null;
    held.users += 1;
    held.bytes += bytes;
  }

  #unuse(owner: string, held: Held, bytes: number): void {
    held.users -= 1;
    held.bytes -= bytes;
    if (held.users > 0 || this.#held.get(owner) !== held) return;
    held.idle = setTimeout(() => {
      this.#held.delete(owner);
      void held.connections.close();
    }, IDLE_SHARE_MS).unref();
  }
}

const once = (work: () => void): (() => void) => {
  let isDone = false;
  return () => {
    if (isDone) return;
    isDone = true;
    work();
  };
};
