import {
  type BudgetRules,
  type DomainLog,
  type ModelBudget,
  type ModelBudgetStore,
  type ModelPrice,
  type ModelUsageStore,
  ReadThroughCache,
} from "@patchbay/core";
import type { EventBatches } from "../events-of.ts";
import type { ModelCaller } from "../providers/ask-provider.ts";
import type { AskedModel } from "../providers/provider-directory.ts";
import { BudgetDesk, type Hold } from "./budget-desk.ts";
import { endOf, startOf } from "./budget-periods.ts";
import { subjectFor } from "./budget-subjects.ts";
import { refusalOf, unpriced } from "./budget-words.ts";
import { costOf } from "./costs.ts";
import { CountedEvents } from "./counted-events.ts";
import { Ledger } from "./ledger.ts";
import { type AccountedModel, accountedModel, mostExact } from "./model-patterns.ts";
import { type Payer, payerOf } from "./payer.ts";
import {
  AnswerTally,
  believed,
  type ModelRequest,
  mostOf,
  NOTHING,
  type UsedTokens,
  untold,
} from "./used-tokens.ts";

/** One request to one model, before it is sent. */
export interface ModelUseAsked {
  readonly caller: ModelCaller;
  readonly asked: AskedModel;
  readonly request: ModelRequest;
}

/** How a call ended that has no events. */
export interface CallOutcome {
  /** As the provider told it, whatever that is. */
  readonly usage?: unknown;
  /** What it failed with: what became of the model, or what kept it from being asked; null when it has not. */
  readonly code: string | null;
}

/** A request to a model that came to an end. */
export interface ModelUse {
  /** Whose provider was asked. */
  readonly plugin: string;
  readonly tokens: Pick<UsedTokens, "input" | "output">;
  /** What it failed with; null when it has not. */
  readonly code: string | null;
}

/** What a call has reserved. It is settled once; whatever comes later does nothing. */
export interface Reservation {
  /**
   * The events as they are. Settles at the end, at an error, and when whoever reads leaves: by the usage that the provider told, else by
   * what was sent.
   */
  events(events: EventBatches): EventBatches;
  /** For what has no events, and for what was not sent. */
  settle(outcome: CallOutcome): void;
}

/** Accounts of what models are used for, and the budgets that bind it. */
export class UsageAccounts {
  readonly #rules: ReadThroughCache<BudgetRules>;
  readonly #newDesk: () => BudgetDesk;
  /** By organization, of those that have budgets: none waits for what another one locks in the database. */
  readonly #desks = new Map<string, BudgetDesk>();
  readonly #ledger: Ledger;
  readonly #now: () => Date;
  readonly #ended: (use: ModelUse) => void;

  /** `ended` hears of every request once. `holder` says under which name this process takes part in the deployment, for as long as what it reserves is reserved. */
  constructor(parts: {
    readonly stores: { readonly modelBudgets: ModelBudgetStore; readonly modelUsage: ModelUsageStore };
    readonly holder: () => Promise<string>;
    readonly now: () => Date;
    readonly ended: (use: ModelUse) => void;
    readonly log: Pick<DomainLog, "warn">;
  }) {
    const { stores, holder, now, ended, log } = parts;
    this.#rules = new ReadThroughCache((id) => stores.modelBudgets.rules(id), 10_000);
    this.#newDesk = () => new BudgetDesk(stores.modelBudgets, holder, log);
    this.#ledger = new Ledger(stores.modelUsage, log);
    this.#now = now;
    this.#ended = ended;
  }

  /**
   * To be asked before each request that is sent to a model, those of fallbacks and further attempts too. Where no budget is for it, the
   * database is not asked. Throws `budget_exceeded` and `rate_limited`, which say which budget and until when; `unavailable` when the
   * database does not decide; `forbidden`, `organization_not_found`.
   */
  async reserve({ caller, asked, request }: ModelUseAsked): Promise<Reservation> {
    const payer = payerOf(caller);
    const rules = await this.#rules.get(payer.organizationId);
    const model = accountedModel(asked);
    const price = mostExact(rules.prices, model);
    const bound = rules.budgets.flatMap((budget) => {
      const subject = subjectFor(budget, payer, model);
      return subject === null ? [] : [{ budget, subject }];
    });
    const call = { organizationId: payer.organizationId, model, price, request };
    const hold = bound.length === 0 ? null : await this.#hold(rules, bound, call);
    return new AccountedCall(request, (tokens, code) =>
      this.#settle({ payer, model, rules, price, hold }, tokens, code),
    );
  }

  /** Budgets or prices of the organization were changed; undefined: of any. */
  rulesChanged(organizationId: string | undefined): void {
    if (organizationId === undefined) this.#rules.clear();
    else this.#rules.invalidate(organizationId);
    const desks = organizationId === undefined ? this.#desks.values() : [this.#desks.get(organizationId)];
    for (const desk of desks) desk?.rulesChanged();
  }

  /** Writes all that is to be written now. What cannot be is tried again. */
  async flush(): Promise<void> {
    await this.#ledger.flush();
  }

  /** Writes what is left to be written. */
  async close(): Promise<void> {
    await Promise.all(this.#desks.values().map((desk) => desk.close()));
    await this.#ledger.close();
  }

  #deskOf(organizationId: string): BudgetDesk {
    const desk = this.#desks.get(organizationId) ?? this.#newDesk();
    this.#desks.set(organizationId, desk);
    return desk;
  }

  async #hold(
    rules: BudgetRules,
    bound: readonly Bound[],
    call: {
      readonly organizationId: string;
      readonly model: AccountedModel;
      readonly price: ModelPrice | null;
      readonly request: ModelRequest;
    },
  ): Promise<BudgetedHold> {
    const now = this.#now();
    const most = bound.some(({ budget }) => budget.measure !== "requests") ? mostOf(call.request) : NOTHING;
    const budgets = new Map(bound.map(({ budget }) => [budget.id, budget]));
    const claims = bound.map(({ budget, subject }) => {
      if (budget.measure === "cost" && call.price === null)
        throw unpriced(budget, call.model.id, rules.currency);
      const amount = amountIn(budget, most, call.price);
      return { budgetId: budget.id, subject, startsAt: startOf(budget.period, now), amount };
    });
    const decision = await this.#deskOf(call.organizationId).reserve(claims);
    if (!("refused" in decision)) return { ...decision, budgets };
    const [last] = decision.refused
      .flatMap((count) => {
        const budget = budgets.get(count.budgetId);
        return budget === undefined ? [] : [{ count, budget }];
      })
      .toSorted((one, other) => endTime(other.budget, now) - endTime(one.budget, now));
    if (last === undefined) throw new Error("A call was refused for a budget that it was not held against.");
    throw refusalOf(last.budget, last.count, rules.currency, now);
  }

  #settle({ payer, model, rules, price, hold }: Settled, tokens: UsedTokens, code: string | null): void {
    this.#ended({ plugin: model.plugin, tokens, code });
    const isFree = tokens.input + tokens.output === 0;
    const cost = price === null ? null : costOf(tokens, price);
    if (hold !== null)
      this.#deskOf(payer.organizationId).settle(hold, (claim) => {
        const budget = hold.budgets.get(claim.budgetId);
        return budget === undefined ? claim.amount : amountIn(budget, tokens, price);
      });
    const { input, cachedInput, output, reasoning, isEstimate } = tokens;
    this.#ledger.add({
      organizationId: payer.organizationId,
      hour: startOf("hour", this.#now()),
      model: model.id,
      plugin: model.plugin,
      asker: payer.plugin,
      userId: payer.userId,
      apiKeyId: payer.apiKeyId,
      project: payer.project,
      currency: cost === null && !isFree ? null : rules.currency,
      requests: 1,
      failures: code === null || code === "cancelled" ? 0 : 1,
      inputTokens: isEstimate ? 0 : input,
      cachedInputTokens: isEstimate ? 0 : cachedInput,
      outputTokens: isEstimate ? 0 : output,
      reasoningTokens: isEstimate ? 0 : reasoning,
      estimatedInputTokens: isEstimate ? input : 0,
      estimatedOutputTokens: isEstimate ? output : 0,
      costMicros: cost ?? 0,
    });
  }
}

interface Bound {
  readonly budget: ModelBudget;
  readonly subject: string;
}

interface BudgetedHold extends Hold {
  readonly budgets: ReadonlyMap<string, ModelBudget>;
}

interface Settled {
  readonly payer: Payer;
  readonly model: AccountedModel;
  readonly rules: BudgetRules;
  /** As it was when the call was let in. */
  readonly price: ModelPrice | null;
  readonly hold: BudgetedHold | null;
}

/** In what the budget counts. */
const amountIn = ({ measure }: ModelBudget, tokens: UsedTokens, price: ModelPrice | null): number => {
  switch (measure) {
    case "requests":
      return 1;
    case "tokens":
      return tokens.input + tokens.output;
    case "cost":
      return price === null ? 0 : costOf(tokens, price);
    default:
      return measure satisfies never;
  }
};

const endTime = ({ period }: ModelBudget, now: Date): number =>
  endOf(period, now)?.getTime() ?? Number.POSITIVE_INFINITY;

/** A call that is counted, once. */
class AccountedCall implements Reservation {
  readonly #request: ModelRequest;
  readonly #settle: (tokens: UsedTokens, code: string | null) => void;
  readonly #began = performance.now();
  #isSettled = false;

  constructor(request: ModelRequest, settle: (tokens: UsedTokens, code: string | null) => void) {
    this.#request = request;
    this.#settle = settle;
  }

  events(events: EventBatches): EventBatches {
    const tally = new AnswerTally(this.#request);
    return new CountedEvents(events, {
      heard: (event) => tally.add(event),
      ended: (code) => this.#once(() => tally.used(code), code),
    });
  }

  settle({ usage, code }: CallOutcome): void {
    const ms = performance.now() - this.#began;
    const told = believed(usage);
    this.#once(() => (told?.input ? told : untold(this.#request, code, ms)), code);
  }

  #once(used: () => UsedTokens, code: string | null): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.#settle(used(), code);
  }
}
