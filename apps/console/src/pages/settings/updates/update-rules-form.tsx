import { Alert, Button, Stack, Title } from "@mantine/core";
import type { Revised } from "@patchbay/api-client";
import type { AutoUpdateDto } from "@patchbay/protocol";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import { autoUpdateQuery } from "../../../api/plugin-queries.ts";
import { LeavingAlert } from "../../../components/leaving-alert.tsx";
import { ProblemAlert } from "../../../components/problem-alert.tsx";
import { DraftNotice } from "../../../components/shared-draft/draft-notice.tsx";
import { isChangedMeanwhile, isSame } from "../../../components/shared-draft/merge-values.ts";
import { type Stored, useSharedDraft } from "../../../components/shared-draft/use-shared-draft.ts";
import { tellDone } from "../../../components/tell.ts";
import { useOrganization } from "../../../session/organization.ts";
import { SingleRules } from "./single-rules.tsx";
import { useUpdateRuleWords } from "./update-rule-words.ts";
import { AgeRules, StrategyRules, WindowRules } from "./update-rules.tsx";
import { rulesOf, type UpdateRules, updateBodyOf } from "./updates-draft.ts";

interface SentRules {
  readonly rules: UpdateRules;
  readonly seen: string | undefined;
  /** Hears what the server has made of it. */
  readonly onSaved: (stored: Stored<UpdateRules>) => void;
}

/** The rules, for those who may change them; others read them. */
export const UpdateRulesForm = ({ read }: { read: Revised<AutoUpdateDto> }) => {
  const { t } = useTranslation("updates");
  const { may } = useOrganization();
  const save = useSaveRules();
  const saved = useMemo(() => rulesOf(read), [read]);
  const draft = useSharedDraft({ values: saved, revision: read.revision }, { isPaused: save.isPending });
  const notice = useRef<HTMLDivElement>(null);
  const words = useUpdateRuleWords();
  const disabled = !may("org.plugins.write");
  const part = {
    rules: draft.values,
    disabled,
    onChange: (change: Partial<UpdateRules>) => draft.change({ ...draft.values, ...change }),
  };
  const isChanged = !isSame(draft.values, saved);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (draft.conflicts.length > 0) notice.current?.focus();
        else save.mutate({ rules: draft.values, seen: draft.seen, onSaved: draft.sent() });
      }}
    >
      <Stack gap="md">
        <Title order={2}>{t("rules.title")}</Title>
        {disabled && <Alert color="gray">{t("readOnly")}</Alert>}
        <StrategyRules {...part} />
        <AgeRules {...part} />
        <WindowRules {...part} />
        <SingleRules {...part} />
        <DraftNotice ref={notice} draft={draft} {...words} />
        {save.error !== null && (
          <ProblemAlert title={t("rules.notSaved")} error={save.error} fieldOf={words.titleOf} />
        )}
        <LeavingAlert isDirty={isChanged} />
        {!disabled && (
          <Button type="submit" w="fit-content" disabled={!isChanged} loading={save.isPending}>
            {t("rules.save")}
          </Button>
        )}
      </Stack>
    </form>
  );
};

/** What somebody else has changed meanwhile is read before a refusal is shown. */
const useSaveRules = () => {
  const { t } = useTranslation("updates");
  const { org, client } = useOrganization();
  const queries = useQueryClient();
  const { queryKey } = autoUpdateQuery(org);
  return useMutation({
    mutationFn: ({ rules, seen }: SentRules) => client.updates.putRules(updateBodyOf(rules), seen),
    onSuccess: (answer, { onSaved }) => {
      onSaved({ values: rulesOf(answer), revision: answer.revision });
      queries.setQueryData(queryKey, answer);
      tellDone(t("rules.saved"));
    },
    onError: async (error) => {
      if (isChangedMeanwhile(error)) await queries.invalidateQueries({ queryKey });
    },
  });
};
