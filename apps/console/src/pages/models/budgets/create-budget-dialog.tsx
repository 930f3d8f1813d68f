import { Alert, Button, NativeSelect, SimpleGrid, Stack, Text, TextInput } from "@mantine/core";
import {
  BUDGET_MEASURES,
  BUDGET_PERIODS,
  BUDGET_SUBJECTS,
  type BudgetBody,
  type BudgetMeasure,
  type BudgetPeriod,
  type BudgetSubjectKind,
} from "@patchbay/protocol";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { pricesQuery } from "../../../api/account-queries.ts";
import { Dialog, DialogActions, useDialog } from "../../../components/dialog.tsx";
import { NumberInput } from "../../../components/number-input.tsx";
import { ProblemAlert } from "../../../components/problem-alert.tsx";
import { tellDone } from "../../../components/tell.ts";
import { useOrganization } from "../../../session/organization.ts";
import { SubjectField } from "./subject-field.tsx";
import { useBudgetWords } from "./use-budget-words.ts";

interface Values {
  readonly title: string;
  readonly kind: BudgetSubjectKind;
  /** Empty: each of them, for itself. */
  readonly id: string;
  readonly of: BudgetMeasure;
  readonly amount: number | string | undefined;
  readonly per: BudgetPeriod;
}

const EMPTY: Values = { title: "", kind: "person", id: "", of: "tokens", amount: undefined, per: "day" };

/** Makes a budget. */
export const CreateBudgetDialog = ({ onClose }: { readonly onClose: () => void }) => {
  const { t } = useTranslation("budgets");
  const [values, setValues] = useState(EMPTY);
  return (
    <Dialog title={t("create.title")} onClose={onClose} isDirty={values !== EMPTY} size="md">
      <BudgetForm values={values} onChange={(change) => setValues({ ...values, ...change })} />
    </Dialog>
  );
};

interface BudgetFormProps {
  readonly values: Values;
  readonly onChange: (change: Partial<Values>) => void;
}

const BudgetForm = ({ values, onChange }: BudgetFormProps) => {
  const { t } = useTranslation(["budgets", "common"]);
  const { close } = useDialog();
  const create = useCreateBudget();
  const titles: Readonly<Record<string, string>> = {
    "/amount": t("field.amount"),
    "/for/id": t("field.whom"),
    "/title": t("field.title"),
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (typeof values.amount === "number") create.mutate(bodyOf(values, values.amount));
      }}
    >
      <Stack gap="sm">
        {create.error !== null && (
          <ProblemAlert
            title={t("create.failed")}
            error={create.error}
            fieldOf={(pointer) => titles[pointer] ?? pointer}
          />
        )}
        <NativeSelect
          label={t("field.for")}
          value={values.kind}
          data={BUDGET_SUBJECTS.map((value) => ({ value, label: t(`kind.${value}`) }))}
          onChange={({ currentTarget: { value } }) =>
            onChange({ kind: BUDGET_SUBJECTS.find((one) => one === value) ?? "person", id: "" })
          }
          data-autofocus
        />
        <SubjectField kind={values.kind} id={values.id} onChange={(id) => onChange({ id })} />
        <SimpleGrid cols={{ base: 1, xs: 3 }} spacing="sm">
          <NumberInput
            label={t("field.amount")}
            value={values.amount}
            onChange={(amount) => onChange({ amount })}
            isInteger={values.of !== "cost"}
            minimum={0}
            required
          />
          <NativeSelect
            label={t("field.of")}
            value={values.of}
            data={BUDGET_MEASURES.map((value) => ({ value, label: t(`measure.${value}`) }))}
            onChange={({ currentTarget: { value } }) =>
              onChange({ of: BUDGET_MEASURES.find((one) => one === value) ?? "tokens" })
            }
          />
          <NativeSelect
            label={t("field.per")}
            value={values.per}
            data={BUDGET_PERIODS.map((value) => ({ value, label: t(`period.${value}`) }))}
            onChange={({ currentTarget: { value } }) =>
              onChange({ per: BUDGET_PERIODS.find((one) => one === value) ?? "day" })
            }
          />
        </SimpleGrid>
        <TextInput
          label={t("field.title")}
          description={t("common:optional")}
          maxLength={100}
          value={values.title}
          onChange={({ currentTarget }) => onChange({ title: currentTarget.value })}
        />
        <Meaning values={values} />
      </Stack>
      <DialogActions>
        <Button variant="default" onClick={close}>
          {t("common:cancel")}
        </Button>
        <Button type="submit" loading={create.isPending} disabled={typeof values.amount !== "number"}>
          {t("create.title")}
        </Button>
      </DialogActions>
    </form>
  );
};

/** What the budget that is entered will do. */
const Meaning = ({ values }: { readonly values: Values }) => {
  const { t } = useTranslation("budgets");
  const { org } = useOrganization();
  const { data: prices } = useQuery(pricesQuery(org));
  return (
    <>
      {values.of === "cost" && (
        <Alert color="orange">{t("create.needsPrices", { currency: prices?.currency ?? "" })}</Alert>
      )}
      <Text size="sm" c="dimmed">
        {t(values.per === "minute" ? "create.limit" : "create.beyond")}
      </Text>
    </>
  );
};

const useCreateBudget = () => {
  const { t } = useTranslation("budgets");
  const { org, client } = useOrganization();
  const { leave } = useDialog();
  const queries = useQueryClient();
  const words = useBudgetWords();
  return useMutation({
    mutationFn: (body: BudgetBody) => client.budgets.create(body),
    onSuccess: async (made) => {
      leave();
      tellDone(t("create.done", { budget: made.title ?? words.sentence(made) }));
      await queries.invalidateQueries({ queryKey: [org, "budgets"] });
    },
  });
};

const bodyOf = ({ title, kind, id, of, per }: Values, amount: number): BudgetBody => ({
  ...(title.trim() !== "" && { title: title.trim() }),
  for: { kind, ...(id.trim() !== "" && { id: id.trim() }) },
  of,
  amount,
  per,
});
