import { type BudgetSettlement, type DomainLog, LEASE_MS, type ModelBudgetStore } from "@patchbay/core";
import { SETTLE_AGAIN_MS, SETTLE_TOGETHER_MS } from "../limits.ts";
import { Settlements } from "./settlements.ts";

/** Writes what calls have used of budgets, one batch after the other: what comes while one is written goes with the next. */
export class SettlementWriter {
  readonly #store: Pick<ModelBudgetStore, "settle">;
  readonly #log: Pick<DomainLog, "warn">;
  #waiting = new Settlements();
  #writing: Promise<void> | undefined;
  #writingSince = 0;
  #soon: NodeJS.Timeout | undefined;
  #again: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(store: Pick<ModelBudgetStore, "settle">, log: Pick<DomainLog, "warn">) {
    this.#store = store;
    this.#log = log;
  }

  /** Whether the database hears of what is used. Where it does not, others may think that this process is gone. */
  get isHeard(): boolean {
    const isLate = this.#writing !== undefined && performance.now() - this.#writingSince > LEASE_MS / 2;
    return this.#again === undefined && !isLate;
  }

  /** To be followed by one of the two below. */
  add(settlement: BudgetSettlement): void {
    this.#waiting.add(settlement);
  }

  /** Never throws: what cannot be written is tried again. */
  write(): void {
    if (this.#again !== undefined) return;
    if (this.#writing === undefined) this.#writingSince = performance.now();
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = undefined;
      // It may have come after the last look, and before this.
      if (!this.#waiting.isEmpty && !this.#isClosed) this.write();
    });
  }

  /** The same for what nobody waits for: with what comes within a moment. */
  writeSoon(): void {
    if (this.#isClosed) this.write();
    else
      this.#soon ??= setTimeout(() => {
        this.#soon = undefined;
        this.write();
      }, SETTLE_TOGETHER_MS).unref();
  }

  /** What waits is written, if it can be. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#again);
    clearTimeout(this.#soon);
    await this.#writing;
    if (!this.#waiting.isEmpty) await this.#writeAll();
  }

  async #writeAll(): Promise<void> {
    while (!this.#waiting.isEmpty) {
      const writing = this.#waiting;
      this.#waiting = new Settlements();
      try {
        await this.#store.settle(writing.all());
        this.#writingSince = performance.now();
      } catch (error) {
        this.#log.warn(
          { err: error },
          "What calls of models used of their budgets could not be written yet.",
        );
        for (const settlement of writing.all()) this.#waiting.add(settlement);
        this.#writeAgain();
        return;
      }
    }
  }

  #writeAgain(): void {
    if (this.#isClosed) return;
    this.#again = setTimeout(() => {
      this.#again = undefined;
      this.write();
    }, SETTLE_AGAIN_MS).unref();
  }
}
