import { Alert, Button, Group, Stack, Text, Title } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { QueryBoundary } from "../../../components/query-boundary.tsx";
import { useOrganization } from "../../../session/organization.ts";
import { BudgetList } from "./budget-list.tsx";
import { CreateBudgetDialog } from "./create-budget-dialog.tsx";
import { PricesForm } from "./prices-form.tsx";

/** How much may be used of models, and what they cost. */
export const BudgetsPage = () => {
  const { t } = useTranslation("budgets");
  const { may } = useOrganization();
  const [isCreating, setIsCreating] = useState(false);
  const mayChange = may("org.members.write");
  return (
    <Stack gap="xl" maw={960}>
      <Stack gap="md">
        <Group justify="space-between" gap="sm">
          <Title order={2}>{t("title")}</Title>
          {mayChange && <Button onClick={() => setIsCreating(true)}>{t("create.title")}</Button>}
        </Group>
        <Text maw={640}>{t("text")}</Text>
        {!mayChange && <Alert color="gray">{t("readOnly")}</Alert>}
        <QueryBoundary>
          <BudgetList />
        </QueryBoundary>
      </Stack>
      <QueryBoundary>
        <PricesForm />
      </QueryBoundary>
      {isCreating && <CreateBudgetDialog onClose={() => setIsCreating(false)} />}
    </Stack>
  );
};
