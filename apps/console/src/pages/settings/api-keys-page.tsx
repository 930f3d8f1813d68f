import { Button, Code, Group, Stack, Text } from "@mantine/core";
import type { ApiKeyDto } from "@patchbay/protocol";
import { useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { apiKeysQuery } from "../../api/people-queries.ts";
import { ConfirmDialog } from "../../components/confirm-dialog.tsx";
import { useFormats } from "../../components/formats.ts";
import { QueryBoundary } from "../../components/query-boundary.tsx";
import { tellDone } from "../../components/tell.ts";
import { useOrganization } from "../../session/organization.ts";
import { CreateKeyDialog } from "./create-key-dialog.tsx";
import type { KEY_RIGHTS } from "./roles.ts";

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
      <Stack component="ul" gap={0} p={0} m={0} style={{ listStyle: "none" }}>
        {keys.map((key) => (
          <Group
            key={key.id}
            component="li"
            justify="space-between"
            align="flex-start"
            wrap="nowrap"
            py="xs"
            style={{ borderBottom: "1px solid var(--mantine-color-default-border)" }}
          >
            <Stack gap={2}>
              <Group gap="xs">
                <Text fw={600}>{key.name}</Text>
                <Code>{key.prefix}…</Code>
              </Group>
              <Text size="sm">
                {key.rights
                  .map((right) => t(`rights.${right as (typeof KEY_RIGHTS)[number]}`, right))
                  .join(" · ")}
              </Text>
              <Text size="xs" c="dimmed">
                {key.lastUsedAt === undefined
                  ? t("keys.neverUsed")
                  : t("keys.lastUsed", { when: formats.ago(key.lastUsedAt) })}
                {" · "}
                {key.expiresAt === undefined
                  ? t("keys.doesNotExpire")
                  : t("keys.expiresAt", { when: formats.dateTime(key.expiresAt) })}
              </Text>
            </Stack>
            <Button
              variant="subtle"
              color="red"
              size="compact-sm"
              style={{ flexShrink: 0 }}
              aria-label={t("keys.delete", { name: key.name })}
              onClick={() => setDeleting(key)}
            >
              {t("common:remove")}
            </Button>
          </Group>
        ))}
      </Stack>
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
