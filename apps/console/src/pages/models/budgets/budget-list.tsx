import { Text } from "@mantine/core";
import { useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { budgetsQuery } from "../../../api/account-queries.ts";
import { ConfirmDialog } from "../../../components/confirm-dialog.tsx";
import { PlainList } from "../../../components/plain-list.tsx";
import { tellDone } from "../../../components/tell.ts";
import { useOrganization } from "../../../session/organization.ts";
import { BudgetEntry } from "./budget-entry.tsx";
import { ChangeBudgetDialog } from "./change-budget-dialog.tsx";
import { nameOfOne, useBudgetWords } from "./use-budget-words.ts";

interface Open {
  readonly what: "change" | "delete";
  readonly id: string;
}

/** All budgets that one may see, with what is used of them. */
export const BudgetList = () => {
  const { t } = useTranslation("budgets");
  const { org, client } = useOrganization();
  const queries = useQueryClient();
  const { data: budgets } = useSuspenseQuery(budgetsQuery(org));
  const words = useBudgetWords();
  const [open, setOpen] = useState<Open | null>(null);
  const close = () => setOpen(null);
  const chosen = budgets.find(({ id }) => id === open?.id);
  if (budgets.length === 0) return <Text>{t("none")}</Text>;
  return (
    <>
      <PlainList>
        {budgets.map((budget) => (
          <BudgetEntry
            key={budget.id}
            budget={budget}
            onChange={() => setOpen({ what: "change", id: budget.id })}
            onDelete={() => setOpen({ what: "delete", id: budget.id })}
          />
        ))}
      </PlainList>
      {chosen !== undefined && open?.what === "change" && (
        <ChangeBudgetDialog budget={chosen} onClose={close} />
      )}
      {chosen !== undefined && open?.what === "delete" && (
        <ConfirmDialog
          title={t("delete.title")}
          action={t("delete.action")}
          onClose={close}
          onConfirm={async () => {
            await client.budgets.delete(chosen.id);
            await queries.invalidateQueries({ queryKey: [org, "budgets"] });
            tellDone(t("delete.done"));
          }}
        >
          <Text fw={600}>{chosen.title ?? words.sentence(chosen, nameOfOne(chosen))}</Text>
          <Text>{t("delete.text")}</Text>
        </ConfirmDialog>
      )}
    </>
  );
};
