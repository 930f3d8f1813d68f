import { Badge, Button, Group, Text } from "@mantine/core";
import type { CatalogEntryDto } from "@patchbay/protocol";
import { useTranslation } from "react-i18next";
import { PluginIcon } from "../../../components/plugin-icon.tsx";
import type { SourceProps } from "./source.ts";

export interface EntryProps extends SourceProps {
  readonly entry: Pick<
    CatalogEntryDto,
    "plugin" | "name" | "description" | "author" | "latest" | "badge" | "installed" | "icon"
  >;
}

/** One of those that can be chosen. */
export const Entry = ({ entry, onChoose }: EntryProps) => {
  const { t } = useTranslation(["install", "common"]);
  const { plugin, name, description, author, latest, badge, installed } = entry;
  return (
    <Group component="li" wrap="nowrap" align="flex-start" gap="sm">
      <PluginIcon icon={entry.icon} />
      <div style={{ flex: 1, minWidth: 0 }}>
        <Group gap={6}>
          <Text fw={600}>{name}</Text>
          <Text size="sm" c="dimmed">
            {latest} · {author.name}
          </Text>
          <Badge variant="default" size="sm" tt="none">
            {t(`common:badge.${badge}`)}
          </Badge>
        </Group>
        <Text size="sm" lineClamp={2}>
          {description}
        </Text>
      </div>
      {installed === null ? (
        <Button
          size="xs"
          variant="default"
          flex="none"
          onClick={() => onChoose({ plugin, version: latest })}
          aria-label={t("catalog.chooseOne", { name })}
        >
          {t("catalog.choose")}
        </Button>
      ) : (
        <Text size="sm" c="dimmed" flex="none">
          {t("catalog.installed", { version: installed })}
        </Text>
      )}
    </Group>
  );
};
