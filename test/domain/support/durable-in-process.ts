import type { DurableHandler, DurableWork } from "@patchbay/core";

/** Durable work of one process that does not end: each run is done once, at once, and its steps one after the other. */
export class DurableInProcess implements DurableWork {
  readonly isLaunched = true;
  readonly #handlers = new Map<string, DurableHandler>();
  readonly #runs = new Map<string, Promise<void>>();
  readonly #closing = new AbortController();
  readonly #onFault: (error: unknown) => void;

  constructor(onFault: (error: unknown) => void) {
    this.#onFault = onFault;
  }

  handle(kind: string, handler: DurableHandler): void {
    this.#handlers.set(kind, handler);
  }

  async launch(): Promise<void> {
    // It takes part by itself.
  }

  async start(kind: string, id: string, input: unknown): Promise<void> {
    const handler = this.#handlers.get(kind);
    if (handler === undefined) throw new Error(`Nobody does runs of the kind "${kind}".`);
    const { signal } = this.#closing;
    const step = async <T>(_name: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> =>
      await work(signal);
    const run = async () => {
      try {
        await handler(input, { id, step });
      } catch (error) {
        if (!signal.aborted) this.#onFault(error);
      }
    };
    if (!this.#runs.has(id)) this.#runs.set(id, run());
  }

  async cancel(): Promise<void> {
    // Nobody does that here.
  }

  async takeOver(): Promise<number> {
    return 0;
  }

  async goOnWithLost(): Promise<number> {
    return 0;
  }

  async removeEnded(): Promise<void> {
    // Nobody does that here.
  }

  async halt(): Promise<void> {
    this.#closing.abort();
    await Promise.all(this.#runs.values());
  }
}
