import { Skeleton, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { policyQuery } from "../../api/people-queries.ts";
import { RetryProblem } from "../../components/retry-problem.tsx";
import { useOrganization } from "../../session/organization.ts";

/** In place of what only those read who debug: who they are. */
export const NotForDebugging = () => {
  const { t } = useTranslation("plugin");
  const { org } = useOrganization();
  const { data: policy, error, refetch } = useQuery(policyQuery(org));
  if (policy === undefined) {
    if (error === null) return <Skeleton height={48} />;
    return <RetryProblem error={error} onRetry={() => void refetch()} />;
  }
  return (
    <Stack gap="xs">
      <Text>{t("debugging.mayNot")}</Text>
      <Text>{t(`debugging.who.${policy.debug}`)}</Text>
    </Stack>
  );
};
