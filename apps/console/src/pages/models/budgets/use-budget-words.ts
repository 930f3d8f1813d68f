import type { BudgetDto } from "@patchbay/protocol";
import { useTranslation } from "react-i18next";
import { useFormats } from "../../../components/formats.ts";

type Said = Pick<BudgetDto, "for" | "of" | "amount" | "per"> & { readonly currency?: string | undefined };

/** Budgets in words. */
export const useBudgetWords = () => {
  const { t } = useTranslation("budgets");
  const formats = useFormats();
  const amount = (value: number, { of, currency }: Pick<Said, "of" | "currency">): string =>
    of === "cost"
      ? currency === undefined
        ? formats.number(value)
        : formats.money(value, currency)
      : t(`amount.${of}`, { count: value, amount: formats.number(value) });
  return {
    /** So much of what is counted: 1,200 tokens, €3.50. */
    amount,
    /** The whole of it in a sentence: 200,000 tokens a day, for each person. `name` is that of the one whom it is for. */
    sentence: (budget: Said, name?: string): string => {
      const { kind, id } = budget.for;
      const whom = id === undefined ? t(`each.${kind}`) : t(`one.${kind}`, { name: name ?? id });
      return t("sentence", { amount: amount(budget.amount, budget), per: t(`per.${budget.per}`), whom });
    },
  };
};

/** What the one is called whom a budget is for; undefined where it is for each of them, or the name is not known. */
export const nameOfOne = ({ for: { id }, use }: BudgetDto): string | undefined =>
  id === undefined ? undefined : use.find((one) => one.id === id)?.name;
