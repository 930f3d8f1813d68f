import { Alert, Button, List, Stack, Text, Title } from "@mantine/core";
import type { PolicyDto } from "@patchbay/protocol";
import { useMutation, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import { policyQuery } from "../../api/people-queries.ts";
import { LeavingAlert } from "../../components/leaving-alert.tsx";
import { ProblemAlert } from "../../components/problem-alert.tsx";
import { QueryBoundary } from "../../components/query-boundary.tsx";
import { DraftNotice } from "../../components/shared-draft/draft-notice.tsx";
import { isChangedMeanwhile, isSame } from "../../components/shared-draft/merge-values.ts";
import { type Stored, useSharedDraft } from "../../components/shared-draft/use-shared-draft.ts";
import { tellDone } from "../../components/tell.ts";
import { useOrganization } from "../../session/organization.ts";
import { type PolicyRules, policyBodyOf, rulesOf } from "./policy-draft.ts";
import { AudienceRules, GrantRules, OriginRules, PluginRules } from "./policy-rules.tsx";
import { usePolicyWords } from "./policy-words.ts";

interface SentPolicy {
  readonly rules: PolicyRules;
  readonly seen: string | undefined;
  /** Hears what the server has made of it. */
  readonly onSaved: (stored: Stored<PolicyRules>) => void;
}

/** What the organization decides about its plugins: everyone reads it, administrators change it. */
export const PolicyPage = () => {
  const { t } = useTranslation("policy");
  return (
    <Stack gap="md" maw={640}>
      <Text>{t("text")}</Text>
      <QueryBoundary>
        <Current />
      </QueryBoundary>
    </Stack>
  );
};

const Current = () => {
  const { t } = useTranslation("policy");
  const { org, client, may } = useOrganization();
  const queries = useQueryClient();
  const { queryKey } = policyQuery(org);
  const { data: policy } = useSuspenseQuery(policyQuery(org));
  const saved = useMemo(() => rulesOf(policy), [policy]);
  const save = useMutation({
    mutationFn: ({ rules, seen }: SentPolicy) => client.policy.put(policyBodyOf(rules), seen),
    onSuccess: (answer, { onSaved }) => {
      onSaved({ values: rulesOf(answer), revision: answer.revision });
      queries.setQueryData(queryKey, answer);
      tellDone(t("saved"));
    },
    onError: async (error) => {
      if (isChangedMeanwhile(error)) await queries.invalidateQueries({ queryKey });
    },
  });
  const draft = useSharedDraft({ values: saved, revision: policy.revision }, { isPaused: save.isPending });
  const notice = useRef<HTMLDivElement>(null);
  const words = usePolicyWords();
  const disabled = !may("org.members.write");
  const isChanged = !isSame(draft.values, saved);
  const part = {
    rules: draft.values,
    disabled,
    onChange: (change: Partial<PolicyRules>) => draft.change({ ...draft.values, ...change }),
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (draft.conflicts.length > 0) notice.current?.focus();
        else save.mutate({ rules: draft.values, seen: draft.seen, onSaved: draft.sent() });
      }}
    >
      <Stack gap="lg">
        {disabled && <Alert color="gray">{t("readOnly")}</Alert>}
        <Violations policy={policy} />
        <AudienceRules {...part} />
        <OriginRules {...part} />
        <PluginRules {...part} />
        <GrantRules {...part} />
        <DraftNotice ref={notice} draft={draft} {...words} />
        {save.error !== null && (
          <ProblemAlert title={t("notSaved")} error={save.error} fieldOf={words.titleOf} />
        )}
        <LeavingAlert isDirty={isChanged} />
        {!disabled && (
          <Button type="submit" w="fit-content" disabled={!isChanged} loading={save.isPending}>
            {t("save")}
          </Button>
        )}
      </Stack>
    </form>
  );
};

/** What is not as the rules want it. */
const Violations = ({ policy: { violations } }: { policy: PolicyDto }) => {
  const { t } = useTranslation("policy");
  if (violations.length === 0) return null;
  return (
    <Alert color="orange">
      <Title order={2} size="h3">
        {t("violations.title", { count: violations.length })}
      </Title>
      <Text size="sm">{t("violations.text")}</Text>
      <List size="sm" mt="xs">
        {violations.map(({ plugin, rule, message }) => (
          <List.Item key={`${rule} ${plugin}`}>{message}</List.Item>
        ))}
      </List>
    </Alert>
  );
};
