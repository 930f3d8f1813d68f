import { Button, Code, Group, Stack, Table, Text } from "@mantine/core";
import type { ApiKeyDto } from "@patchbay/protocol";
import { useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { apiKeysQuery } from "../../api/people-queries.ts";
import { useOrganization } from "../../app/organization.ts";
import { ConfirmDialog } from "../../components/confirm-dialog.tsx";
import { useFormats } from "../../components/formats.ts";
import { QueryBoundary } from "../../components/query-boundary.tsx";
import { tellDone } from "../../components/tell.ts";
import { CreateKeyDialog } from "./create-key-dialog.tsx";

export const ApiKeysPage = () => {
  const { t } = useTranslation("settings");
  const [isCreating, setIsCreating] = useState(false);
  return (
    <Stack gap="md">
      <Group justify="space-between" gap="sm">
        <Text c="dimmed" maw={640}>
          {t("keys.text")}
        </Text>
        <Button onClick={() => setIsCreating(true)}>{t("keys.create")}</Button>
      </Group>
      <QueryBoundary>
        <KeyTable />
      </QueryBoundary>
      {isCreating && <CreateKeyDialog onClose={() => setIsCreating(false)} />}
    </Stack>
  );
};

const KeyTable = () => {
  const { t } = useTranslation(["settings", "common"]);
  const { org, client } = useOrganization();
  const formats = useFormats();
  const { data: keys } = useSuspenseQuery(apiKeysQuery(org));
  const [deleting, setDeleting] = useState<ApiKeyDto | null>(null);
  const queries = useQueryClient();
  if (keys.length === 0) return <Text>{t("keys.none")}</Text>;
  return (
    <>
      <Table.ScrollContainer minWidth={560}>
        <Table verticalSpacing="xs">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t("common:name")}</Table.Th>
              <Table.Th>{t("keys.rights")}</Table.Th>
              <Table.Th>{t("keys.lastUsed")}</Table.Th>
              <Table.Th>{t("keys.expires")}</Table.Th>
              <Table.Th w={110}>
                <span className="visually-hidden">{t("members.actions")}</span>
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {keys.map((key) => (
              <Table.Tr key={key.id}>
                <Table.Td>
                  <Text>{key.name}</Text>
                  <Code>{key.prefix}…</Code>
                </Table.Td>
                <Table.Td>
                  <Text size="xs">{key.rights.join(", ")}</Text>
                </Table.Td>
                <Table.Td>
                  {key.lastUsedAt === undefined ? t("keys.never") : formats.ago(key.lastUsedAt)}
                </Table.Td>
                <Table.Td>
                  {key.expiresAt === undefined ? t("keys.doesNotExpire") : formats.dateTime(key.expiresAt)}
                </Table.Td>
                <Table.Td>
                  <Button
                    variant="subtle"
                    color="red"
                    size="compact-sm"
                    aria-label={t("keys.delete", { name: key.name })}
                    onClick={() => setDeleting(key)}
                  >
                    {t("common:remove")}
                  </Button>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {deleting !== null && (
        <ConfirmDialog
          title={t("keys.delete", { name: deleting.name })}
          action={t("keys.delete", { name: deleting.name })}
          onClose={() => setDeleting(null)}
          onConfirm={async () => {
            await client.organizations.deleteApiKey(deleting.id);
            await queries.invalidateQueries({ queryKey: [org, "keys"] });
            tellDone(t("keys.deleted", { name: deleting.name }));
          }}
        >
          {t("keys.deleteText")}
        </ConfirmDialog>
      )}
    </>
  );
};
