import { AsyncLocalStorage } from "node:async_hooks";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { inspect } from "node:util";
import { constants, createContext, Script } from "node:vm";
import type { SandboxReport } from "@patchbay/core";
import { Sandbox, type SandboxSource } from "../sandbox/sandbox.ts";
import { createLinkedPair } from "../transport/linked-pair.ts";
import type { Transport } from "../transport/transport.ts";
import { guestOver } from "./guest-over-pair.ts";

/** Above every number that a system gives to processes: nothing is ever found to be used under it. */
const FIRST_PID = 5_000_000;

/**
 * Sandboxes that hold nothing: the built guest, each in a realm of its own within this process. For tests of what goes over
 * the wire and of who starts and ends what, with plugins that are written for the test. A plugin that loops is not ended
 * by this, nor are timers of one that was.
 */
export class GuestsInProcess implements SandboxSource {
  readonly report: SandboxReport = {
    mode: "process",
    namespaces: { user: false, mount: false, pid: false, ipc: false, uts: false, net: false },
    seccomp: false,
    noNewPrivileges: false,
    memoryLimit: false,
  };
  readonly #onInternalFault: (error: unknown) => void;
  readonly #script: Script;
  readonly #running = new Map<number, Transport>();
  #nextPid = FIRST_PID;

  /** `onInternalFault` hears of faults of the host's own. Throws when the guest was not built. */
  constructor(onInternalFault: (error: unknown) => void) {
    this.#onInternalFault = onInternalFault;
    const filename = fileURLToPath(import.meta.resolve("#guest"));
    this.#script = new Script(readFileSync(filename, "utf8"), { filename });
  }

  start(memoryMb: number): Promise<Sandbox> {
    const pair = createLinkedPair();
    const pid = this.#nextPid++;
    this.#running.set(pid, pair.guest);
    void pair.ended.then(() => this.#running.delete(pid));
    this.#script.runInContext(createRealm(runtimeFor(pair.guest)));
    return Sandbox.of(guestOver(pair, pid), memoryMb, this.#onInternalFault);
  }

  /** As if the process with this number had ended by itself. */
  end(pid: number): void {
    this.#running.get(pid)?.kill();
  }

  close(): void {
    // There is nothing beside the guests.
  }
}

/** What the guest takes of its runtime, over one end of a pair. */
const runtimeFor = (transport: Transport): object => {
  const internal = Symbol("internal");
  const send = (bytes: Uint8Array): number => {
    transport.send([bytes]);
    return bytes.length;
  };
  return {
    stdin: { read: readerOf(transport) },
    stdout: { write: async (bytes: Uint8Array) => send(bytes), writeSync: send },
    exit: () => transport.kill(),
    inspect: (value: unknown, { depth }: { depth?: number }) => inspect(value, { depth: depth ?? null }),
    internal,
    [internal]: { core: { AsyncVariable, setAsyncContext: (restore: () => void) => restore() } },
  };
};

/** Takes what arrives, as far as it fits into the buffer that is given; waits until there is something. */
const readerOf = (transport: Transport): ((into: Uint8Array) => Promise<number>) => {
  let waiting = new Uint8Array(0);
  let arrived = Promise.withResolvers<void>();
  let taken = Promise.withResolvers<void>();
  transport.listen({
    data: (chunk) => {
      waiting = Uint8Array.from(chunk);
      taken = Promise.withResolvers();
      arrived.resolve();
      return taken.promise;
    },
    drained: () => undefined,
  });
  return async (into) => {
    await arrived.promise;
    const part = waiting.subarray(0, into.length);
    into.set(part);
    waiting = waiting.slice(part.length);
    if (waiting.length === 0) {
      arrived = Promise.withResolvers();
      taken.resolve();
    }
    return part.length;
  };
};

/** A value that follows code through awaits, as the guest's runtime has it: `enter` comes back with the way back. */
class AsyncVariable {
  readonly #storage = new AsyncLocalStorage<unknown>();

  enter(value: unknown): () => void {
    const before = this.#storage.getStore();
    this.#storage.enterWith(value);
    return () => this.#storage.enterWith(before);
  }

  get(): unknown {
    return this.#storage.getStore();
  }
}

/** Globals of their own, with this process's web platform: the guest takes away from them what no plugin may have. */
const createRealm = (runtime: object): object => {
  const realm = createContext(constants.DONT_CONTEXTIFY) as object;
  for (const key of Reflect.ownKeys(globalThis)) {
    if (Object.hasOwn(realm, key)) continue;
    const get = (): unknown => Reflect.get(globalThis, key);
    const set = (value: unknown): void =>
      void Object.defineProperty(realm, key, { value, writable: true, configurable: true });
    Object.defineProperty(realm, key, { get, set, configurable: true });
  }
  Object.defineProperty(realm, "Deno", { value: runtime, configurable: true });
  const inherited = Object.create(Object.getPrototypeOf(realm) as object | null, {
    addEventListener: { value: () => undefined },
  }) as object;
  Object.setPrototypeOf(realm, inherited);
  return realm;
};
