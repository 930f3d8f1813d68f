import { Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { QueryBoundary } from "../../../components/query-boundary.tsx";
import { HookList } from "./hook-list.tsx";
import { ModelList } from "./model-list.tsx";
import { ModelRulesForm } from "./model-rules-form.tsx";

/** The models that plugins provide, and what the organization decides about them. */
export const RulesPage = () => {
  const { t } = useTranslation("models");
  return (
    <Stack gap="xl">
      <Text maw={640}>{t("text")}</Text>
      <QueryBoundary>
        <ModelList />
      </QueryBoundary>
      <QueryBoundary>
        <HookList />
      </QueryBoundary>
      <QueryBoundary>
        <ModelRulesForm />
      </QueryBoundary>
    </Stack>
  );
};
