import type { BudgetSettlement } from "@patchbay/core";
import { placeKey } from "./advances.ts";

/** What is to be settled, each place once. */
export class Settlements {
  readonly #byPlace = new Map<string, BudgetSettlement>();

  get isEmpty(): boolean {
    return this.#byPlace.size === 0;
  }

  add({ budgetId, subject, startsAt, holder, reserved, used }: BudgetSettlement): void {
    const key = `${holder} ${placeKey({ budgetId, subject, startsAt })}`;
    const there = this.#byPlace.get(key);
    this.#byPlace.set(key, {
      budgetId,
      subject,
      startsAt,
      holder,
      reserved: safe(reserved + (there?.reserved ?? 0)),
      used: safe(used + (there?.used ?? 0)),
    });
  }

  all(): readonly BudgetSettlement[] {
    return [...this.#byPlace.values()];
  }
}

const safe = (count: number): number => Math.min(count, Number.MAX_SAFE_INTEGER);
