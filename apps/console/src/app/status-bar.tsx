import { Group, Text } from "@mantine/core";
import { useSuspenseQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Connection } from "../api/live.ts";
import { meQuery } from "../api/queries.ts";
import { IconCircleFilled } from "../components/icons.tsx";
import { PanelStrip } from "../pages/panels/panel-strip.tsx";

/** The line at the foot: whether what is shown is live, and the version. */
export const StatusBar = ({ connection }: { connection: Connection }) => {
  const { t } = useTranslation();
  const { data: me } = useSuspenseQuery(meQuery());
  return (
    <Group h="100%" px="sm" gap="md" justify="space-between" wrap="nowrap">
      <Group gap={6} role="status" wrap="nowrap">
        <IconCircleFilled
          size={8}
          aria-hidden
          color={connection === "lost" ? "var(--mantine-color-orange-6)" : "var(--mantine-color-teal-6)"}
        />
        <Text size="xs">{t(`status.${connection}`)}</Text>
      </Group>
      <PanelStrip place="statusbar" />
      <Text size="xs" c="dimmed">
        {t("status.version", { version: me.deployment.version })}
      </Text>
    </Group>
  );
};
