import type { BudgetMeasure, BudgetPeriod, BudgetSubjectKind } from "@patchbay/protocol";

/** What may be used of models. */
export interface ModelBudget {
  readonly id: string;
  readonly organizationId: string;
  readonly title: string | null;
  readonly subjectKind: BudgetSubjectKind;
  /** Null: each of the kind, for itself; and of an organization. */
  readonly subjectId: string | null;
  readonly measure: BudgetMeasure;
  readonly period: BudgetPeriod;
  /** Whole: tokens, requests, or millionths of the currency. */
  readonly amount: number;
}

/** For a million tokens, in millionths of the currency. */
export interface ModelPrice {
  /** A model, or a pattern. */
  readonly model: string;
  readonly inputMicros: number;
  readonly cachedInputMicros: number;
  readonly outputMicros: number;
}

export interface ModelPrices {
  readonly currency: string;
  readonly prices: readonly ModelPrice[];
}

/** All that decides on an organization's calls of models. */
export interface BudgetRules extends ModelPrices {
  readonly budgets: readonly ModelBudget[];
}

/** Where a use of a budget is counted. */
export interface BudgetPlace {
  readonly budgetId: string;
  /** Of whom; "" for the organization. */
  readonly subject: string;
  /** When its period began. */
  readonly startsAt: Date;
}

export interface BudgetCount extends BudgetPlace {
  readonly used: number;
  /** By calls that are under way on nodes that live. */
  readonly reserved: number;
}

/** What a call may use of a budget. */
export interface BudgetClaim extends BudgetPlace {
  readonly amount: number;
}

/** What a call has used of what it had reserved. */
export interface BudgetSettlement extends BudgetPlace {
  /** The process that reserved it. */
  readonly holder: string;
  readonly reserved: number;
  readonly used: number;
}

/** Budgets of models with what is used of them, and prices. */
export interface ModelBudgetStore {
  rules(organizationId: string): Promise<BudgetRules>;
  /** In a transaction nobody else changes it until its end. */
  find(organizationId: string, id: string): Promise<ModelBudget | null>;
  /** Throws `invalid_request` beyond `most` budgets of the organization. */
  create(budget: ModelBudget, most: number): Promise<void>;
  /** Its title and amount, and nothing else: what is counted is counted in its measure, for its subject and period. */
  replace(budget: ModelBudget): Promise<void>;
  remove(organizationId: string, id: string): Promise<boolean>;
  /** In a transaction nobody else changes prices, or makes or changes budgets, until its end. */
  lock(organizationId: string): Promise<void>;
  setPrices(organizationId: string, prices: ModelPrices): Promise<void>;
  /** What is counted for these budgets in the periods that began then, the most first, up to `limit` for each. */
  counts(
    periods: readonly Omit<BudgetPlace, "subject">[],
    limit: number,
    silentMs: number,
  ): Promise<readonly BudgetCount[]>;
  /**
   * Decides on calls in their order, on all nodes: one is let in when something is left of each of its budgets, which it then reserves on
   * all of them for the process. For each call the budgets of which nothing is left; none for one that was let in. Processes that have not
   * been seen for `silentMs`, or are gone, hold nothing. Budgets that are gone do not count.
   */
  reserve(
    holder: string,
    calls: readonly (readonly BudgetClaim[])[],
    silentMs: number,
  ): Promise<readonly (readonly BudgetCount[])[]>;
  /**
   * Reserves for the process beyond its calls, each place once, where so much is left that nobody else is refused for it: what is asked
   * for, or the sixteenth part of what is left. For each claim what was reserved, which may be nothing.
   */
  advance(holder: string, claims: readonly BudgetClaim[], silentMs: number): Promise<readonly number[]>;
  /** Counts what was used, and gives back what was reserved. Each place of a process stands there once. */
  settle(settlements: readonly BudgetSettlement[]): Promise<void>;
  /** Forgets periods that began before these times, and what processes that are gone still hold. */
  trim(before: Readonly<Record<Exclude<BudgetPeriod, "total">, Date>>): Promise<void>;
}
