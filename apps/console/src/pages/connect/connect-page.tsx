import { Alert, Button, Group, Stack, Text, Title } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Page } from "../../components/page.tsx";
import { QueryBoundary } from "../../components/query-boundary.tsx";
import { useOrganization } from "../../session/organization.ts";
import { AddServerDialog } from "./add-server-dialog.tsx";
import { ConnectClient } from "./connect-client.tsx";
import { ServerList } from "./server-list.tsx";
import { CreateToolsetDialog } from "./toolset-dialogs.tsx";
import { ToolsetList } from "./toolset-list.tsx";

/** The Model Context Protocol both ways: how clients use the plugins of the organization, which tools are chosen for them, and which servers are plugins. */
export const ConnectPage = () => {
  const { t } = useTranslation("connect");
  const { may } = useOrganization();
  const [isCreating, setIsCreating] = useState(false);
  const [isAdding, setIsAdding] = useState(false);
  const mayChange = may("org.plugins.configure");
  return (
    <Page title={t("title")}>
      <Stack gap="xl" maw={960}>
        <Stack gap="md">
          <Text maw={640}>{t("text")}</Text>
          <QueryBoundary>
            <ConnectClient />
          </QueryBoundary>
        </Stack>
        <Stack gap="md">
          <Group justify="space-between" gap="sm">
            <Title order={2}>{t("toolsets.title")}</Title>
            {mayChange && <Button onClick={() => setIsCreating(true)}>{t("create.title")}</Button>}
          </Group>
          <Text maw={640}>{t("toolsets.text")}</Text>
          {!mayChange && <Alert color="gray">{t("toolsets.readOnly")}</Alert>}
          <QueryBoundary>
            <ToolsetList />
          </QueryBoundary>
        </Stack>
        <Stack gap="md">
          <Group justify="space-between" gap="sm">
            <Title order={2}>{t("servers.title")}</Title>
            {may("org.plugins.write") && (
              <Button onClick={() => setIsAdding(true)}>{t("addServer.title")}</Button>
            )}
          </Group>
          <Text maw={640}>{t("servers.text")}</Text>
          <QueryBoundary>
            <ServerList />
          </QueryBoundary>
        </Stack>
      </Stack>
      {isAdding && <AddServerDialog onClose={() => setIsAdding(false)} />}
      {isCreating && <CreateToolsetDialog onClose={() => setIsCreating(false)} />}
    </Page>
  );
};
