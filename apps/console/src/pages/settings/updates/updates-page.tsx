import { Stack, Text } from "@mantine/core";
import { useSuspenseQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { autoUpdateQuery } from "../../../api/plugin-queries.ts";
import { QueryBoundary } from "../../../components/query-boundary.tsx";
import { useOrganization } from "../../../session/organization.ts";
import { Advisories } from "./advisories.tsx";
import { PlannedUpdates } from "./planned-updates.tsx";
import { UpdateRulesForm } from "./update-rules-form.tsx";

/** What speaks against installed versions, what comes next for them, and by which rules. */
export const UpdatesPage = () => {
  const { t } = useTranslation("updates");
  return (
    <Stack gap="xl" maw={720}>
      <Text>{t("text")}</Text>
      <QueryBoundary>
        <Advisories />
      </QueryBoundary>
      <QueryBoundary>
        <Current />
      </QueryBoundary>
    </Stack>
  );
};

const Current = () => {
  const { org } = useOrganization();
  const { data } = useSuspenseQuery(autoUpdateQuery(org));
  return (
    <>
      <PlannedUpdates planned={data.planned} />
      <UpdateRulesForm read={data} />
    </>
  );
};
