import type { BudgetClaim, BudgetPlace } from "@patchbay/core";

interface Advance {
  readonly place: BudgetPlace;
  left: number;
  /** Whether something was taken of it since it was looked at last. */
  isInUse: boolean;
}

/** What this process has reserved of budgets beyond its calls under way: calls take of it without asking the database. */
export class Advances {
  readonly #byPlace = new Map<string, Advance>();

  get isEmpty(): boolean {
    return this.#byPlace.size === 0;
  }

  /** Takes all of the claims, or none of them: then the database decides. */
  take(claims: readonly BudgetClaim[]): boolean {
    if (this.#byPlace.size === 0) return false;
    const found = claims.map((claim) => this.#byPlace.get(placeKey(claim)));
    const isThere = found.every((advance, index) => advance && advance.left >= (claims[index]?.amount ?? 0));
    if (!isThere) return false;
    for (const [index, advance] of found.entries()) {
      if (advance === undefined) continue;
      advance.left -= claims[index]?.amount ?? 0;
      advance.isInUse = true;
    }
    return true;
  }

  leftOf(place: BudgetPlace): number {
    return this.#byPlace.get(placeKey(place))?.left ?? 0;
  }

  /** Puts there what was reserved. */
  add({ budgetId, subject, startsAt, amount }: BudgetClaim): void {
    const place = { budgetId, subject, startsAt };
    const there = this.#byPlace.get(placeKey(place));
    if (there === undefined) this.#byPlace.set(placeKey(place), { place, left: amount, isInUse: true });
    else there.left += amount;
  }

  /** Puts back what a call has not used. False where nothing is held in advance any more: then it is the database's. */
  putBack(place: BudgetPlace, amount: number): boolean {
    const there = this.#byPlace.get(placeKey(place));
    if (there === undefined) return false;
    there.left += amount;
    return true;
  }

  /** Takes away those of which nothing was taken lately, or all: to be given back. */
  withdraw(which: "idle" | "all"): readonly BudgetClaim[] {
    const withdrawn: BudgetClaim[] = [];
    for (const [key, advance] of this.#byPlace) {
      if (which === "all" || !advance.isInUse) {
        this.#byPlace.delete(key);
        withdrawn.push({ ...advance.place, amount: advance.left });
      }
      advance.isInUse = false;
    }
    return withdrawn;
  }
}

export const placeKey = ({ budgetId, subject, startsAt }: BudgetPlace): string =>
  `${budgetId} ${startsAt.getTime()} ${subject}`;
