import {
  type BudgetClaim,
  type BudgetCount,
  type DomainLog,
  LEASE_MS,
  type ModelBudgetStore,
} from "@patchbay/core";
import { PatchbayError } from "@patchbay/protocol";
import { MAX_RESERVATIONS_AT_ONCE, RESERVING_DEADLINE_MS, SETTLE_AGAIN_MS } from "../limits.ts";
import { Batches } from "./batches.ts";
import { Settlements } from "./settlements.ts";

/** What a call has reserved of its budgets. */
export interface Hold {
  /** The process. */
  readonly holder: string;
  readonly claims: readonly BudgetClaim[];
}

type Decision = Hold | { readonly refused: readonly BudgetCount[] };

/** Reserves at the database, where all nodes do, and settles there: what comes meanwhile goes together. */
export class BudgetDesk {
  readonly #store: Pick<ModelBudgetStore, "reserve" | "settle">;
  readonly #log: Pick<DomainLog, "warn">;
  readonly #reserving: Batches<readonly BudgetClaim[], Decision>;
  #settlements = new Settlements();
  #settling: Promise<void> | undefined;
  #again: NodeJS.Timeout | undefined;
  #isClosed = false;

  /** `holder` says under which name this process takes part in the deployment. */
  constructor(
    store: Pick<ModelBudgetStore, "reserve" | "settle">,
    holder: () => Promise<string>,
    log: Pick<DomainLog, "warn">,
  ) {
    this.#store = store;
    this.#log = log;
    this.#reserving = new Batches(async (calls) => {
      const own = await holder();
      const refusals = await store.reserve(own, calls, LEASE_MS);
      return calls.map((claims, place) => {
        const refused = refusals[place] ?? [];
        return refused.length > 0 ? { refused } : { holder: own, claims };
      });
    }, MAX_RESERVATIONS_AT_ONCE);
  }

  /** Throws `unavailable` when the database does not decide in time: it is not asked later, and what it decides then is given back. */
  async reserve(claims: readonly BudgetClaim[]): Promise<Decision> {
    const { done: deciding, withdraw } = this.#reserving.add(claims);
    const late = Promise.withResolvers<null>();
    const timer = setTimeout(() => late.resolve(null), RESERVING_DEADLINE_MS);
    try {
      const decision = await Promise.race([deciding, late.promise]);
      if (decision !== null) return decision;
    } finally {
      clearTimeout(timer);
    }
    withdraw();
    deciding.then(
      (decision) => "holder" in decision && this.settle(decision, () => 0),
      () => undefined,
    );
    throw new PatchbayError(
      "unavailable",
      `The database did not say within ${RESERVING_DEADLINE_MS / 1_000} seconds whether a budget allows this call. Try again in a moment.`,
    );
  }

  /** Each claim's part of what was used. Never throws: what cannot be written is tried again. */
  settle({ holder, claims }: Hold, usedOf: (claim: BudgetClaim) => number): void {
    for (const claim of claims)
      this.#settlements.add({ ...claim, holder, reserved: claim.amount, used: usedOf(claim) });
    this.#settle();
  }

  /** What is to be settled is written, if it can be. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#again);
    await this.#settling;
    if (!this.#settlements.isEmpty) await this.#writeAll();
  }

  #settle(): void {
    if (this.#again !== undefined) return;
    this.#settling ??= this.#writeAll().finally(() => {
      this.#settling = undefined;
      // It may have come after the last look, and before this.
      if (!this.#settlements.isEmpty && !this.#isClosed) this.#settle();
    });
  }

  async #writeAll(): Promise<void> {
    while (!this.#settlements.isEmpty) {
      const writing = this.#settlements;
      this.#settlements = new Settlements();
      try {
        await this.#store.settle(writing.all());
      } catch (error) {
        this.#log.warn(
          { err: error },
          "What calls of models used of their budgets could not be written yet.",
        );
        for (const settlement of writing.all()) this.#settlements.add(settlement);
        this.#later();
        return;
      }
    }
  }

  #later(): void {
    if (this.#isClosed) return;
    this.#again = setTimeout(() => {
      this.#again = undefined;
      this.#settle();
    }, SETTLE_AGAIN_MS);
    this.#again.unref();
  }
}
