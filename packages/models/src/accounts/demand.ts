import type { BudgetClaim } from "@patchbay/core";
import { CALLS_BEFORE_ADVANCE, CALLS_OF_ADVANCE } from "../limits.ts";
import { type Advances, placeKey } from "./advances.ts";

/** For which budgets so many calls come that reserving in advance is worth it. */
export class Demand {
  /** Calls since they were forgotten last, by place. */
  readonly #calls = new Map<string, number>();
  readonly #refused = new Set<string>();
  readonly #wanted = new Map<string, BudgetClaim>();

  /** One more call, after which `advances` are left. Whether something is wanted now. */
  note(claims: readonly BudgetClaim[], advances: Pick<Advances, "leftOf">): boolean {
    for (const claim of claims) {
      const key = placeKey(claim);
      const calls = (this.#calls.get(key) ?? 0) + 1;
      this.#calls.set(key, calls);
      const isServed = advances.leftOf(claim) >= (claim.amount * CALLS_OF_ADVANCE) / 2;
      if (isServed || calls < CALLS_BEFORE_ADVANCE || this.#refused.has(key)) continue;
      this.#wanted.set(key, { ...claim, amount: claim.amount * CALLS_OF_ADVANCE });
    }
    return this.#wanted.size > 0;
  }

  /** What is wanted, once. */
  take(): readonly BudgetClaim[] {
    const wanted = [...this.#wanted.values()];
    this.#wanted.clear();
    return wanted;
  }

  /** There was not enough for it: it is not asked for again for a while. */
  refuse(claim: BudgetClaim): void {
    this.#refused.add(placeKey(claim));
  }

  /** Calls are counted anew, and what was refused may be wanted again. Whether there were calls. */
  forget(): boolean {
    const hadCalls = this.#calls.size > 0;
    this.#calls.clear();
    this.#refused.clear();
    return hadCalls;
  }
}
