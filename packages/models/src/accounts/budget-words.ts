import type { BudgetCount, ModelBudget } from "@patchbay/core";
import { PatchbayError } from "@patchbay/protocol";
import { BUDGET_RETRY_SECONDS } from "../limits.ts";
import { endOf } from "./budget-periods.ts";
import { amountOf } from "./costs.ts";

const SUBJECTS: Readonly<Record<ModelBudget["subjectKind"], string>> = {
  organization: "the organization",
  person: "person",
  api_key: "API key",
  project: "project",
  plugin: "plugin",
  model: "model",
};

/** A budget in words, such as `10000 tokens a day for each person`. */
export const describeBudget = (budget: ModelBudget, currency: string): string => {
  const { title, measure, amount, period, subjectKind, subjectId } = budget;
  const much = measure === "cost" ? `${amountOf(amount)} ${currency}` : `${amount} ${measure}`;
  const often = period === "total" ? "in all" : period === "hour" ? "an hour" : `a ${period}`;
  const whom =
    subjectKind === "organization"
      ? "the organization"
      : `${subjectId === null ? "each" : "this"} ${SUBJECTS[subjectKind]}`;
  const words = `${much} ${often} for ${whom}`;
  return title === null ? `budget of ${words}` : `budget "${title}" (${words})`;
};

/** Why nothing is left for a call: `rate_limited` of what is by the minute, else `budget_exceeded`. */
export const refusalOf = (
  budget: ModelBudget,
  { used }: Pick<BudgetCount, "used">,
  currency: string,
  now: Date,
): PatchbayError => {
  const end = endOf(budget.period, now);
  const endsInSeconds =
    end === null ? undefined : Math.max(1, Math.ceil((end.getTime() - now.getTime()) / 1_000));
  // A request counts however it ends.
  const isUsedUp = used >= budget.amount || budget.measure === "requests";
  const retryAfterSeconds = isUsedUp
    ? endsInSeconds
    : Math.min(BUDGET_RETRY_SECONDS, endsInSeconds ?? BUDGET_RETRY_SECONDS);
  const state = isUsedUp
    ? `is used up${end === null ? "" : ` until ${end.toISOString()}`}`
    : "is reserved by calls that are under way: what they do not use is free again when they end";
  const words = describeBudget(budget, currency);
  return new PatchbayError(
    budget.period === "minute" ? "rate_limited" : "budget_exceeded",
    `The ${words} ${state}. An administrator of the organization can change it.`,
    {
      facts: {
        budget: budget.id,
        ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
        ...(isUsedUp && end !== null && { startsAnewAt: end.toISOString() }),
      },
    },
  );
};

/** A cost that nobody can count is no way round a budget. */
export const unpriced = (budget: ModelBudget, model: string, currency: string): PatchbayError =>
  new PatchbayError(
    "budget_exceeded",
    `The model "${model}" has no price, so that it cannot be counted on the ${describeBudget(budget, currency)}. An administrator of the organization can set its price, which may be 0.`,
    { facts: { budget: budget.id } },
  );
