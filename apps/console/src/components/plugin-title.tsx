import { Badge, Group, Stack, Text, Title } from "@mantine/core";
import type { InstallationDto } from "@patchbay/protocol";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { PluginIcon } from "./plugin-icon.tsx";

export interface PluginTitleProps {
  readonly plugin: Pick<InstallationDto, "name" | "icon" | "badge">;
  /** Beside its badge. */
  readonly marks: ReactNode;
  /** At the other end: what can be done with it. */
  readonly actions: ReactNode;
  /** The line below its name. */
  readonly children: ReactNode;
}

/** The heading of the page of one plugin. */
export const PluginTitle = ({
  plugin: { name, icon, badge },
  marks,
  actions,
  children,
}: PluginTitleProps) => {
  const { t } = useTranslation();
  return (
    <Group justify="space-between" align="flex-start" gap="sm">
      <Group gap="sm" wrap="nowrap" align="flex-start" miw={0} flex="1 1 280px">
        <PluginIcon icon={icon} size={44} />
        <Stack gap={2} miw={0}>
          <Group gap="xs">
            <Title order={1} style={{ overflowWrap: "anywhere" }}>
              {name}
            </Title>
            <Badge variant="default" tt="none">
              {t(`badge.${badge}`)}
            </Badge>
            {marks}
          </Group>
          <Text size="sm" c="dimmed" style={{ overflowWrap: "anywhere" }}>
            {children}
          </Text>
        </Stack>
      </Group>
      {actions}
    </Group>
  );
};
