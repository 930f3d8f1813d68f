import { Badge, Button, Code, Group, Stack, Text } from "@mantine/core";
import type { MarketplacePluginDto, RegistryVersionDto } from "@patchbay/protocol";
import { isNewerVersion } from "@patchbay/protocol";
import { useTranslation } from "react-i18next";
import { useFormats } from "../../../components/formats.ts";
import { PlainList, PlainListEntry } from "../../../components/plain-list.tsx";
import { usePluginRights } from "../../plugins/rights.ts";
import type { OpenDialog } from "../use-marketplace-dialog.tsx";
import type { DetailsHeaderProps } from "./details-header.tsx";

/** Enough of a key's id to tell two apart. */
const KEY_SHOWN = 12;

/** The versions, newest first, each with the step to it. */
export const DetailsVersions = ({ plugin, onOpen, hindrance }: DetailsHeaderProps) => (
  <PlainList>
    {plugin.versions.map((version) => (
      <VersionItem
        key={version.version}
        plugin={plugin}
        version={version}
        onOpen={onOpen}
        hindrance={hindrance}
      />
    ))}
  </PlainList>
);

interface VersionItemProps {
  readonly plugin: MarketplacePluginDto;
  readonly version: RegistryVersionDto;
  readonly onOpen: OpenDialog;
  readonly hindrance: string | undefined;
}

const VersionItem = ({ plugin, version: one, onOpen, hindrance }: VersionItemProps) => {
  const { t } = useTranslation("marketplace");
  const formats = useFormats();
  const { version, publishedAt, sizeBytes, yanked, signedBy } = one;
  return (
    <PlainListEntry>
      <Stack gap={4} miw={0} flex="1 1 240px">
        <Group gap="xs">
          <Text fw={600}>{version}</Text>
          {version === plugin.installed && (
            <Badge variant="light" color="accent" tt="none">
              {t("versions.installed")}
            </Badge>
          )}
          {yanked !== undefined && (
            <Badge variant="outline" color="orange" c="var(--mantine-color-text)" tt="none">
              {t("versions.yanked")}
            </Badge>
          )}
        </Group>
        <Text size="xs" c="dimmed">
          {t("versions.published")}{" "}
          <time dateTime={publishedAt} title={formats.dateTime(publishedAt)}>
            {formats.ago(publishedAt)}
          </time>
          {` · ${formats.bytes(sizeBytes)} · `}
          {signedBy === undefined ? (
            t("versions.unsigned")
          ) : (
            <>
              {t("versions.signed")} <Code title={signedBy}>{signedBy.slice(0, KEY_SHOWN)}…</Code>
            </>
          )}
        </Text>
        {yanked !== undefined && (
          <Text size="sm" style={{ overflowWrap: "anywhere" }}>
            {t("versions.yankedBecause", { reason: yanked.reason })}
          </Text>
        )}
      </Stack>
      <VersionStep
        plugin={plugin}
        version={version}
        onOpen={onOpen}
        hindrance={yanked === undefined ? hindrance : undefined}
      />
    </PlainListEntry>
  );
};

const VersionStep = ({
  plugin: { plugin, installed, blocked },
  version,
  onOpen,
  hindrance,
}: Omit<VersionItemProps, "version"> & { version: string }) => {
  const { t } = useTranslation("marketplace");
  const { mayInstall } = usePluginRights();
  if (!mayInstall || blocked !== undefined) return null;
  if (installed !== null && !isNewerVersion(version, installed)) return null;
  const dialog = installed === null ? "install" : "update";
  return (
    <Button
      variant="default"
      size="xs"
      flex="none"
      disabled={hindrance !== undefined}
      aria-describedby={hindrance}
      onClick={() => onOpen({ dialog, plugin, version })}
    >
      {t(`versions.${dialog}`, { version })}
    </Button>
  );
};
