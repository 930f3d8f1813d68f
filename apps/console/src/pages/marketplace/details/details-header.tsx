import { Badge, Group, Stack, Text, Title } from "@mantine/core";
import type { MarketplacePluginDto } from "@patchbay/protocol";
import { useTranslation } from "react-i18next";
import { useOrganization } from "../../../app/organization.ts";
import { useFormats } from "../../../components/formats.ts";
import { AnchorLink } from "../../../components/links.tsx";
import { PluginIcon } from "../../../components/plugin-icon.tsx";
import { DeprecatedMark } from "../marketplace-item.tsx";
import { PluginAction } from "../plugin-action.tsx";
import type { OpenDialog } from "../use-marketplace-dialog.tsx";
import { usableVersion } from "./usable-version.ts";

export interface DetailsHeaderProps {
  readonly plugin: MarketplacePluginDto;
  readonly onOpen: OpenDialog;
}

/** What it is, who made it, and the next step with it. */
export const DetailsHeader = ({ plugin: one, onOpen }: DetailsHeaderProps) => {
  const { t } = useTranslation(["marketplace", "common"]);
  const { org } = useOrganization();
  const formats = useFormats();
  const { name, icon, badge, publisher, publishedBy, installs, installed, latest } = one;
  const version = usableVersion(one)?.version ?? latest;
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
              {t(`common:badge.${badge}`)}
            </Badge>
            {one.deprecated !== undefined && <DeprecatedMark />}
          </Group>
          <Text size="sm" c="dimmed" style={{ overflowWrap: "anywhere" }}>
            {version}
            {" · "}
            {t("by")}{" "}
            <AnchorLink
              to="/o/$org/marketplace/publishers/$publisher"
              params={{ org, publisher }}
              inherit
              underline="always"
            >
              {publishedBy?.name ?? publisher}
            </AnchorLink>
            {" · "}
            {t("installs", { count: installs, installs: formats.number(installs) })}
          </Text>
        </Stack>
      </Group>
      <Group gap="xs">
        {installed !== null && (
          <Text size="sm" c="dimmed">
            {t("installed", { version: installed })}
          </Text>
        )}
        <PluginAction item={one} version={version} onOpen={onOpen} size="sm" isMain />
      </Group>
    </Group>
  );
};
