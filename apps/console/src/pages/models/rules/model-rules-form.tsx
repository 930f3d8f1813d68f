import { Alert, Autocomplete, Button, Fieldset, Stack, Switch, TagsInput, Text, Title } from "@mantine/core";
import { useMutation, useQuery, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import { modelRulesQuery, modelsQuery } from "../../../api/model-queries.ts";
import { LeavingAlert } from "../../../components/leaving-alert.tsx";
import { NumberInput } from "../../../components/number-input.tsx";
import { ProblemAlert } from "../../../components/problem-alert.tsx";
import { DraftNotice } from "../../../components/shared-draft/draft-notice.tsx";
import { isChangedMeanwhile, isSame } from "../../../components/shared-draft/merge-values.ts";
import { type Stored, useSharedDraft } from "../../../components/shared-draft/use-shared-draft.ts";
import { tellDone } from "../../../components/tell.ts";
import { useOrganization } from "../../../session/organization.ts";
import { AliasRules } from "./alias-rules.tsx";
import { useModelRuleWords } from "./model-rule-words.ts";
import { type ModelRules, rulesBodyOf, rulesOf } from "./model-rules-draft.ts";

interface SentRules {
  readonly rules: ModelRules;
  readonly seen: string | undefined;
  /** Hears what the server has made of it. */
  readonly onSaved: (stored: Stored<ModelRules>) => void;
}

/** The rules, for those who may change them; others read them. */
export const ModelRulesForm = () => {
  const { t } = useTranslation("models");
  const { org, may, project } = useOrganization();
  const { data: read } = useSuspenseQuery(modelRulesQuery(org));
  const { data: models = [] } = useQuery(modelsQuery(org, project));
  const names = models.map(({ id }) => id);
  const saved = useMemo(() => rulesOf(read), [read]);
  const save = useSaveRules();
  const draft = useSharedDraft({ values: saved, revision: read.revision }, { isPaused: save.isPending });
  const notice = useRef<HTMLDivElement>(null);
  const words = useModelRuleWords();
  const disabled = !may("org.members.write");
  const rules = draft.values;
  const change = (part: Partial<ModelRules>) => draft.change({ ...rules, ...part });
  const isChanged = !isSame(rules, saved);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (draft.conflicts.length > 0) notice.current?.focus();
        else save.mutate({ rules, seen: draft.seen, onSaved: draft.sent() });
      }}
    >
      <Stack gap="lg" maw={640}>
        <Title order={2}>{t("rules.title")}</Title>
        {disabled && <Alert color="gray">{t("rules.readOnly")}</Alert>}
        <Fieldset legend={t("rules.choice")} disabled={disabled}>
          <Stack gap="sm">
            <Autocomplete
              label={t("rules.default")}
              description={t("rules.defaultHelp")}
              value={rules.defaultModel}
              onChange={(defaultModel) => change({ defaultModel })}
              data={[...new Set([...rules.aliases.map(({ name }) => name), ...names])]}
              disabled={disabled}
            />
            <Autocomplete
              label={t("rules.memory")}
              description={t("rules.memoryHelp")}
              value={rules.memoryModel}
              onChange={(memoryModel) => change({ memoryModel })}
              data={models.filter(({ kind }) => kind === "embeddings").map(({ id }) => id)}
              disabled={disabled}
            />
            <Switch
              label={t("rules.only")}
              checked={rules.allowed !== "all"}
              onChange={({ currentTarget }) => change({ allowed: currentTarget.checked ? [] : "all" })}
            />
            {rules.allowed !== "all" && (
              <TagsInput
                label={t("rules.allowed")}
                description={t("rules.patterns")}
                value={rules.allowed}
                onChange={(allowed) => change({ allowed })}
                data={names}
                splitChars={[",", " "]}
                disabled={disabled}
              />
            )}
          </Stack>
        </Fieldset>
        <Fieldset legend={t("rules.failing")} disabled={disabled}>
          <Stack gap="sm">
            <NumberInput
              label={t("rules.retries")}
              description={t("rules.retriesHelp")}
              value={rules.retries}
              // What is no number stays in sight and keeps the form from being sent.
              onChange={(retries) => change({ retries: (retries ?? "") as number })}
              minimum={0}
              maximum={5}
              isInteger
              required
              disabled={disabled}
            />
            <Text size="sm">{t("rules.aliasHelp")}</Text>
            <AliasRules
              aliases={rules.aliases}
              names={names}
              disabled={disabled}
              onChange={(aliases) => change({ aliases })}
            />
          </Stack>
        </Fieldset>
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
  const { t } = useTranslation("models");
  const { org, client } = useOrganization();
  const queries = useQueryClient();
  const { queryKey } = modelRulesQuery(org);
  return useMutation({
    mutationFn: ({ rules, seen }: SentRules) => client.models.putRules(rulesBodyOf(rules), seen),
    onSuccess: (answer, { onSaved }) => {
      onSaved({ values: rulesOf(answer), revision: answer.revision });
      queries.setQueryData(queryKey, answer);
      void queries.invalidateQueries({ queryKey: [org, "models", "list"] });
      tellDone(t("rules.saved"));
    },
    onError: async (error) => {
      if (isChangedMeanwhile(error)) await queries.invalidateQueries({ queryKey });
    },
  });
};
