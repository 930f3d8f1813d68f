import { Code, Group, NativeSelect, SegmentedControl, Stack, Text, Title } from "@mantine/core";
import { useSuspenseQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { toolsetsQuery } from "../../api/queries.ts";
import { BASE_PATH } from "../../base-path.ts";
import { CopyButton } from "../../components/copy-button.tsx";
import { AnchorLink } from "../../components/links.tsx";
import styles from "../../components/try-tool/try-tool.module.css";
import { useOrganization } from "../../session/organization.ts";
import { MCP_CLIENTS, type McpClient, setupOf } from "./client-setup.ts";

/** The address of the tools, and what to paste into a client to have them there. */
export const ConnectClient = () => {
  const { t } = useTranslation("connect");
  const { org, project } = useOrganization();
  const { data: toolsets } = useSuspenseQuery(toolsetsQuery(org));
  const [wanted, setWanted] = useState("");
  const [client, setClient] = useState<McpClient>("claudeCode");
  // One that was deleted meanwhile is not there any more.
  const chosen = toolsets.find(({ name }) => name === wanted);
  const base = chosen?.url ?? `${location.origin}${BASE_PATH}/mcp`;
  const url = project === undefined ? base : `${base}?project=${encodeURIComponent(project)}`;
  const name = chosen === undefined ? "patchbay" : `patchbay-${chosen.name}`;
  const { file, code } = setupOf(client, { url, name });
  return (
    <Stack gap="md" miw={0}>
      <NativeSelect
        label={t("which")}
        maw={360}
        value={chosen?.name ?? ""}
        onChange={({ currentTarget }) => setWanted(currentTarget.value)}
        data={[
          { value: "", label: t("all") },
          ...toolsets.map((one) => ({ value: one.name, label: one.title ?? one.name })),
        ]}
      />
      <Stack gap={4}>
        <Text fw={600} size="sm">
          {t("address")}
        </Text>
        <Group gap="xs">
          <Code style={{ overflowWrap: "anywhere" }}>{url}</Code>
          <CopyButton value={url} label={t("copyAddress")} />
        </Group>
      </Stack>
      <Stack gap={4} align="flex-start">
        <Text size="sm">{t("key")}</Text>
        <AnchorLink to="/o/$org/settings/api-keys" params={{ org }} size="sm">
          {t("makeKey")}
        </AnchorLink>
      </Stack>
      <Stack component="section" gap="xs" aria-label={t("paste")} miw={0}>
        <Title order={2} size="h3">
          {t("paste")}
        </Title>
        <Group gap="xs">
          <SegmentedControl
            size="xs"
            aria-label={t("client")}
            value={client}
            onChange={(next) => setClient(next as McpClient)}
            data={MCP_CLIENTS.map((value) => ({ value, label: t(`clients.${value}`) }))}
          />
          <CopyButton value={code} label={t("copyFor", { client: t(`clients.${client}`) })} />
        </Group>
        <Text size="sm">{t(`help.${client}`)}</Text>
        {file !== null && (
          <Text size="sm" c="dimmed">
            {t("file")} <Code>{file}</Code>
          </Text>
        )}
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: long code is scrolled by keyboard as well */}
        <section className={styles.result} tabIndex={0} aria-label={t(`clients.${client}`)}>
          <pre className={styles.raw}>{code}</pre>
        </section>
      </Stack>
    </Stack>
  );
};
