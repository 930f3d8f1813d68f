import {
  type BudgetClaim,
  type BudgetCount,
  type DomainLog,
  LEASE_MS,
  type ModelBudgetStore,
} from "@patchbay/core";
import { PatchbayError } from "@patchbay/protocol";
import { ADVANCE_LOOK_MS, MAX_RESERVATIONS_AT_ONCE, RESERVING_DEADLINE_MS } from "../limits.ts";
import { Advances } from "./advances.ts";
import { Batches } from "./batches.ts";
import { Demand } from "./demand.ts";
import { SettlementWriter } from "./settlement-writer.ts";

/** What a call has reserved of its budgets. */
export interface Hold {
  /** The process. */
  readonly holder: string;
  readonly claims: readonly BudgetClaim[];
  /** Whether it was taken of what the process had reserved in advance. */
  readonly isOfAdvance: boolean;
}

type Decision = Hold | { readonly refused: readonly BudgetCount[] };

type Store = Pick<ModelBudgetStore, "advance" | "reserve" | "settle">;

/**
 * Reserves at the database, where all nodes do, and settles there: what comes meanwhile goes together. Where many calls come and much is
 * left, it reserves for calls to come, which need not wait for the database then.
 */
export class BudgetDesk {
  readonly #store: Store;
  readonly #holder: () => Promise<string>;
  readonly #log: Pick<DomainLog, "warn">;
  readonly #reserving: Batches<readonly BudgetClaim[], Decision>;
  readonly #settlements: SettlementWriter;
  readonly #demand = new Demand();
  #advances = new Advances();
  /** In whose name the advances are. */
  #advancedTo: string | undefined;
  #advancing: Promise<void> | undefined;
  /** How often the rules have changed. */
  #changes = 0;
  #look: NodeJS.Timeout | undefined;

  /** `holder` says under which name this process takes part in the deployment. */
  constructor(store: Store, holder: () => Promise<string>, log: Pick<DomainLog, "warn">) {
    this.#store = store;
    this.#holder = holder;
    this.#log = log;
    this.#settlements = new SettlementWriter(store, log);
    this.#reserving = new Batches(async (calls) => {
      const own = await holder();
      const refusals = await store.reserve(own, calls, LEASE_MS);
      return calls.map((claims, place): Decision => {
        const refused = refusals[place] ?? [];
        return refused.length > 0 ? { refused } : { holder: own, claims, isOfAdvance: false };
      });
    }, MAX_RESERVATIONS_AT_ONCE);
  }

  /** Throws `unavailable` when the database does not decide in time: it is not asked later, and what it decides then is given back. */
  async reserve(claims: readonly BudgetClaim[]): Promise<Decision> {
    const own = await this.#holder();
    const isAdvanced = own === this.#advancedTo && this.#settlements.isHeard && this.#advances.take(claims);
    this.#look ??= setInterval(() => this.#lookAround(), ADVANCE_LOOK_MS).unref();
    if (this.#demand.note(claims, this.#advances)) this.#advance(own);
    if (isAdvanced) return { holder: own, claims, isOfAdvance: true };
    return await this.#decide(claims);
  }

  /** Each claim's part of what was used. Never throws: what cannot be written is tried again. */
  settle({ holder, claims, isOfAdvance }: Hold, usedOf: (claim: BudgetClaim) => number): void {
    const isLasting = isOfAdvance && holder === this.#advancedTo;
    for (const claim of claims) {
      const used = usedOf(claim);
      const unused = Math.max(claim.amount - used, 0);
      const isPutBack = isLasting && this.#advances.putBack(claim, unused);
      const reserved = isPutBack ? claim.amount - unused : claim.amount;
      this.#settlements.add({ ...claim, holder, reserved, used });
    }
    if (isOfAdvance) this.#settlements.writeSoon();
    else this.#settlements.write();
  }

  /** Nothing is reserved in advance any more: other rules hold from now on. */
  rulesChanged(): void {
    this.#changes += 1;
    this.#giveBack("all");
  }

  /** What is to be settled is written, if it can be. */
  async close(): Promise<void> {
    clearInterval(this.#look);
    await this.#advancing;
    this.#withdraw("all");
    await this.#settlements.close();
  }

  async #decide(claims: readonly BudgetClaim[]): Promise<Decision> {
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

  #advance(own: string): void {
    if (own !== this.#advancedTo) {
      // What was reserved in another name is nobody's any more.
      this.#advances = new Advances();
      this.#advancedTo = own;
    }
    this.#advancing ??= this.#advanceAll(own).finally(() => {
      this.#advancing = undefined;
    });
  }

  async #advanceAll(own: string): Promise<void> {
    for (let claims = this.#demand.take(); claims.length > 0; claims = this.#demand.take()) {
      const before = this.#changes;
      const amounts = await this.#store.advance(own, claims, LEASE_MS).catch((error: unknown) => {
        this.#log.warn({ err: error }, "Nothing could be reserved of budgets for calls of models to come.");
        return [];
      });
      for (const [index, claim] of claims.entries()) {
        const amount = amounts[index] ?? 0;
        if (amount === 0) this.#demand.refuse(claim);
        else this.#advances.add({ ...claim, amount });
      }
      if (this.#changes > before) this.#giveBack("all");
    }
  }

  #lookAround(): void {
    const hasCalls = this.#demand.forget();
    this.#giveBack("idle");
    if (hasCalls || !this.#advances.isEmpty || this.#advancing !== undefined) return;
    clearInterval(this.#look);
    this.#look = undefined;
  }

  #giveBack(which: "idle" | "all"): void {
    if (this.#withdraw(which)) this.#settlements.write();
  }

  /** Whether there was something. */
  #withdraw(which: "idle" | "all"): boolean {
    const withdrawn = this.#advances.withdraw(which);
    for (const claim of withdrawn)
      this.#settlements.add({
        ...claim,
        holder: this.#advancedTo ?? "",
        reserved: claim.amount,
        used: 0,
      });
    return withdrawn.length > 0;
  }
}
