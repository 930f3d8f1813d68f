import { ActionIcon, Anchor, Badge, Button, Group, Switch } from "@mantine/core";
import type { InstallationDto } from "@patchbay/protocol";
import { useTranslation } from "react-i18next";
import { IconSettings } from "../../components/icons.tsx";
import { PluginTitle } from "../../components/plugin-title.tsx";
import { PluginMenu } from "../plugins/plugin-menu.tsx";
import { usePluginSwitch } from "../plugins/plugin-steps.ts";
import { usePluginRights } from "../plugins/rights.ts";
import { isOn, isSwitchable } from "../plugins/running.ts";
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
  const { version, state, category } = installation;
  return (
    <PluginTitle
      plugin={installation}
      marks={
        <Badge
          variant="dot"
          color={STATE_COLORS[state]}
          tt="none"
          role="status"
          aria-label={t("stateIs", { state: t(`common:state.${state}`) })}
        >
          {t(`common:state.${state}`)}
        </Badge>
      }
      actions={<HeaderActions installation={installation} onDialog={onDialog} />}
    >
      {version} · <Author installation={installation} /> · {t(`common:category.${category as "ui"}`)}
    </PluginTitle>
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
  const { name, update, hasSettings } = installation;
  const isAllowed = mayChange(installation);
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
        checked={isOn(installation)}
        disabled={!isAllowed || !isSwitchable(installation)}
        title={isAllowed ? undefined : t("card.mayNot")}
        aria-label={t("card.toggle", { name })}
        onChange={({ currentTarget }) => mutate({ plugin: installation, on: currentTarget.checked })}
      />
    </Group>
  );
};
