import { Button, Stack, Text, TextInput } from "@mantine/core";
import type { BudgetDto } from "@patchbay/protocol";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { Dialog, DialogActions, useDialog } from "../../../components/dialog.tsx";
import { NumberInput } from "../../../components/number-input.tsx";
import { ProblemAlert } from "../../../components/problem-alert.tsx";
import { DraftNotice } from "../../../components/shared-draft/draft-notice.tsx";
import { isChangedMeanwhile, isSame } from "../../../components/shared-draft/merge-values.ts";
import { type SharedDraft, useSharedDraft } from "../../../components/shared-draft/use-shared-draft.ts";
import { tellDone } from "../../../components/tell.ts";
import { useOrganization } from "../../../session/organization.ts";
import { nameOfOne, useBudgetWords } from "./use-budget-words.ts";

/** What can be changed of a budget. A text is an amount that is none. */
interface Values {
  readonly title: string;
  readonly amount: number | string;
}

export interface ChangeBudgetDialogProps {
  /** As it stands on the server now, which others may change meanwhile. */
  readonly budget: BudgetDto;
  readonly onClose: () => void;
}

/** Changes title and amount of a budget. */
export const ChangeBudgetDialog = ({ budget, onClose }: ChangeBudgetDialogProps) => {
  const { t } = useTranslation("budgets");
  const saved: Values = { title: budget.title ?? "", amount: budget.amount };
  const draft = useSharedDraft<Values>({ values: saved, revision: budget.revision });
  const isDirty = !isSame(draft.values, saved);
  return (
    <Dialog title={t("change.title")} onClose={onClose} isDirty={isDirty} size="md">
      <ChangeForm budget={budget} draft={draft} isDirty={isDirty} />
    </Dialog>
  );
};

interface ChangeFormProps {
  readonly budget: BudgetDto;
  readonly draft: SharedDraft<Values>;
  readonly isDirty: boolean;
}

const ChangeForm = ({ budget, draft, isDirty }: ChangeFormProps) => {
  const { t } = useTranslation(["budgets", "common"]);
  const { close } = useDialog();
  const save = useChangeBudget(budget.id);
  const words = useBudgetWords();
  const notice = useRef<HTMLDivElement>(null);
  const { title, amount } = draft.values;
  const change = (part: Partial<Values>) => draft.change({ ...draft.values, ...part });
  const titleOf = (pointer: string) => t(pointer === "/title" ? "field.title" : "field.amount");
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (draft.conflicts.length > 0) notice.current?.focus();
        else if (typeof amount === "number") save.mutate({ title, amount, seen: draft.seen });
      }}
    >
      <Stack gap="sm">
        {save.error !== null && (
          <ProblemAlert title={t("change.failed")} error={save.error} fieldOf={titleOf} />
        )}
        <Text>{words.sentence(budget, nameOfOne(budget))}</Text>
        <NumberInput
          label={t("field.amount")}
          description={t("change.help")}
          value={amount}
          onChange={(next) => change({ amount: next ?? "" })}
          isInteger={budget.of !== "cost"}
          minimum={0}
          required
        />
        <TextInput
          label={t("field.title")}
          description={t("common:optional")}
          maxLength={100}
          value={title}
          onChange={({ currentTarget }) => change({ title: currentTarget.value })}
        />
        <DraftNotice ref={notice} draft={draft} titleOf={titleOf} />
      </Stack>
      <DialogActions>
        <Button variant="default" onClick={close}>
          {t("common:cancel")}
        </Button>
        <Button type="submit" disabled={!isDirty} loading={save.isPending}>
          {t("common:save")}
        </Button>
      </DialogActions>
    </form>
  );
};

interface Sent {
  readonly title: string;
  readonly amount: number;
  readonly seen: string | undefined;
}

/** What somebody else has changed meanwhile is read before a refusal is shown. */
const useChangeBudget = (id: string) => {
  const { t } = useTranslation("budgets");
  const { org, client } = useOrganization();
  const { leave } = useDialog();
  const queries = useQueryClient();
  const queryKey = [org, "budgets"];
  return useMutation({
    mutationFn: ({ title, amount, seen }: Sent) => {
      const body = { ...(title.trim() !== "" && { title: title.trim() }), amount };
      return client.budgets.change(id, body, seen);
    },
    onSuccess: async () => {
      leave();
      tellDone(t("change.done"));
      await queries.invalidateQueries({ queryKey });
    },
    onError: async (error) => {
      if (isChangedMeanwhile(error)) await queries.invalidateQueries({ queryKey });
    },
  });
};
