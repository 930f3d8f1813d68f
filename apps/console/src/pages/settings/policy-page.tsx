import { Alert, List, Stack, Text, Title } from "@mantine/core";
import type { PolicyDto } from "@patchbay/protocol";
import { useSuspenseQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { policyQuery } from "../../api/people-queries.ts";
import { QueryBoundary } from "../../components/query-boundary.tsx";
import { SharedDraftForm } from "../../components/shared-draft/shared-draft-form.tsx";
import { useOrganization } from "../../session/organization.ts";
import { CallRules } from "./call-rules.tsx";
import { policyBodyOf, rulesOf } from "./policy-draft.ts";
import { AudienceRules, GrantRules, OriginRules, PluginRules } from "./policy-rules.tsx";
import { usePolicyWords } from "./policy-words.ts";

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
  const { data: policy } = useSuspenseQuery(policyQuery(org));
  const words = usePolicyWords();
  const disabled = !may("org.members.write");
  return (
    <SharedDraftForm
      read={policy}
      valuesOf={rulesOf}
      put={(rules, seen) => client.policy.put(policyBodyOf(rules), seen)}
      queryKey={policyQuery(org).queryKey}
      words={words}
      labels={{ save: t("save"), saved: t("saved"), notSaved: t("notSaved") }}
      disabled={disabled}
    >
      {({ values: rules, change }) => {
        const part = { rules, disabled, onChange: change };
        return (
          <>
            {disabled && <Alert color="gray">{t("readOnly")}</Alert>}
            <Violations policy={policy} />
            <AudienceRules {...part} />
            <OriginRules {...part} />
            <PluginRules {...part} />
            <GrantRules {...part} />
            <CallRules {...part} />
          </>
        );
      }}
    </SharedDraftForm>
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
