import { Group, Text } from "@mantine/core";
import type { MarketplacePluginDto } from "@patchbay/protocol";
import { useTranslation } from "react-i18next";
import { useFormats } from "../../../components/formats.ts";
import { PluginTitle } from "../../../components/plugin-title.tsx";
import { DeprecatedMark } from "../marketplace-item.tsx";
import { PluginAction } from "../plugin-action.tsx";
import { PublisherLink } from "../publisher-link.tsx";
import type { OpenDialog } from "../use-marketplace-dialog.tsx";
import { usableVersion } from "./usable-version.ts";

export interface DetailsHeaderProps {
  readonly plugin: MarketplacePluginDto;
  readonly onOpen: OpenDialog;
  /** Id of the words that say why none of the versions on offer can be installed. */
  readonly hindrance: string | undefined;
}

/** What it is, who made it, and the next step with it. */
export const DetailsHeader = ({ plugin: one, onOpen, hindrance }: DetailsHeaderProps) => {
  const { t } = useTranslation("marketplace");
  const formats = useFormats();
  const { publisher, publishedBy, installs, installed, latest } = one;
  const version = usableVersion(one)?.version ?? latest;
  return (
    <PluginTitle
      plugin={one}
      marks={one.deprecated !== undefined && <DeprecatedMark />}
      actions={
        <Group gap="xs">
          {installed !== null && (
            <Text size="sm" c="dimmed">
              {t("installed", { version: installed })}
            </Text>
          )}
          <PluginAction item={one} version={version} onOpen={onOpen} size="sm" isMain hindrance={hindrance} />
        </Group>
      }
    >
      {version}
      {" · "}
      {t("by")} <PublisherLink publisher={publisher} name={publishedBy?.name} />
      {" · "}
      {t("installs", { count: installs, installs: formats.number(installs) })}
    </PluginTitle>
  );
};
