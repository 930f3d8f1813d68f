import { Alert, Button, List, Stack, Text, Title } from "@mantine/core";
import type { PolicyDto } from "@patchbay/protocol";
import { useMutation, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { policyQuery } from "../../api/people-queries.ts";
import { useOrganization } from "../../app/organization.ts";
import { ProblemAlert } from "../../components/problem-alert.tsx";
import { QueryBoundary } from "../../components/query-boundary.tsx";
import { tellDone } from "../../components/tell.ts";
import { policyBodyOf, rulesOf } from "./policy-draft.ts";
import { AudienceRules, GrantRules, OriginRules, PluginRules } from "./policy-rules.tsx";

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

/** Begins anew when somebody else has changed the rules. */
const Current = () => {
  const { org } = useOrganization();
  const { data } = useSuspenseQuery(policyQuery(org));
  return <Policy key={JSON.stringify(rulesOf(data))} policy={data} />;
};

const Policy = ({ policy }: { policy: PolicyDto }) => {
  const { t } = useTranslation("policy");
  const { org, client, may } = useOrganization();
  const queries = useQueryClient();
  const [rules, setRules] = useState(() => rulesOf(policy));
  const disabled = !may("org.members.write");
  const save = useMutation({
    mutationFn: () => client.policy.put(policyBodyOf(rules)),
    onSuccess: (answer) => {
      queries.setQueryData(policyQuery(org).queryKey, answer);
      tellDone(t("saved"));
    },
  });
  const isChanged = JSON.stringify(rules) !== JSON.stringify(rulesOf(policy));
  const part = {
    rules,
    disabled,
    onChange: (change: Partial<typeof rules>) => setRules({ ...rules, ...change }),
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      <Stack gap="lg">
        {disabled && <Alert color="gray">{t("readOnly")}</Alert>}
        <Violations policy={policy} />
        <AudienceRules {...part} />
        <OriginRules {...part} />
        <PluginRules {...part} />
        <GrantRules {...part} />
        {save.error !== null && <ProblemAlert title={t("notSaved")} error={save.error} />}
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
