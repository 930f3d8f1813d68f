import { ActionIcon, Anchor, Badge, Button, Group, Stack, Switch, Text, Title } from "@mantine/core";
import type { InstallationDto } from "@patchbay/protocol";
import { IconSettings } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { PluginIcon } from "../../components/plugin-icon.tsx";
import { PluginMenu } from "../plugins/plugin-menu.tsx";
import { usePluginSwitch } from "../plugins/plugin-steps.ts";
import { usePluginRights } from "../plugins/rights.ts";
import type { PluginDialogKind } from "./plugin-search.ts";

export interface PluginHeaderProps {
  readonly installation: InstallationDto;
  readonly onDialog: (kind: PluginDialogKind) => void;
}

const STATE_COLORS: Readonly<Record<InstallationDto["state"], string>> = {
  disabled: "gray",
  enabling: "accent",
  enabled: "teal",
  updating: "accent",
  error: "red",
  blocked: "red",
};

/** What the plugin is, whether it runs, and what can be done with it. */
export const PluginHeader = ({ installation, onDialog }: PluginHeaderProps) => {
  const { t } = useTranslation(["plugin", "plugins", "common"]);
  const { name, icon, badge, version, state, category } = installation;
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
            <Badge
              variant="dot"
              color={STATE_COLORS[state]}
              tt="none"
              role="status"
              aria-label={t("stateIs", { state: t(`common:state.${state}`) })}
            >
              {t(`common:state.${state}`)}
            </Badge>
          </Group>
          <Text size="sm" c="dimmed" style={{ overflowWrap: "anywhere" }}>
            {version} · <Author installation={installation} /> · {t(`common:category.${category as "ui"}`)}
          </Text>
        </Stack>
      </Group>
      <HeaderActions installation={installation} onDialog={onDialog} />
    </Group>
  );
};

const WEB = /^https?:/i;

const Author = ({ installation: { author } }: { installation: InstallationDto }) =>
  author.url !== undefined && WEB.test(author.url) ? (
    <Anchor href={author.url} target="_blank" rel="noopener noreferrer nofollow" underline="always" inherit>
      {author.name}
    </Anchor>
  ) : (
    author.name
  );

const HeaderActions = ({ installation, onDialog }: PluginHeaderProps) => {
  const { t } = useTranslation(["plugins", "plugin"]);
  const { mayChange } = usePluginRights();
  const { mutate } = usePluginSwitch();
  const { name, state, update, hasSettings } = installation;
  const isAllowed = mayChange(installation);
  const isBusy = state === "enabling" || state === "updating";
  const actions = {
    open: (kind: string) => onDialog(kind as PluginDialogKind),
    toggle: (plugin: InstallationDto, on: boolean) => mutate({ plugin, on }),
  };
  return (
    <Group gap="xs">
      {update !== undefined && isAllowed && (
        <Button size="xs" onClick={() => onDialog("update")}>
          {t("menu.update", { version: update.version })}
        </Button>
      )}
      {hasSettings && (
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={t("card.settings", { name })}
          onClick={() => onDialog("settings")}
        >
          <IconSettings size={18} aria-hidden />
        </ActionIcon>
      )}
      <PluginMenu plugin={installation} mayChange={isAllowed} actions={actions} />
      <Switch
        checked={state !== "disabled"}
        disabled={!isAllowed || isBusy || state === "blocked"}
        title={isAllowed ? undefined : t("card.mayNot")}
        aria-label={t("card.toggle", { name })}
        onChange={({ currentTarget }) => mutate({ plugin: installation, on: currentTarget.checked })}
      />
    </Group>
  );
};
