import { ActionIcon, Menu } from "@mantine/core";
import type { InstallationDto } from "@patchbay/protocol";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import {
  IconArrowBackUp,
  IconDotsVertical,
  IconPlayerPlay,
  IconPlayerStop,
  IconRefresh,
  IconSettings,
  IconTrash,
} from "../../components/icons.tsx";
import type { CardActions } from "./card-actions.ts";
import { isOn, isSwitchable } from "./running.ts";

export interface PluginMenuProps {
  readonly plugin: InstallationDto;
  readonly mayChange: boolean;
  readonly actions: Pick<CardActions, "open" | "toggle">;
}

/** What can be done with one plugin. */
export const PluginMenu = (props: PluginMenuProps) => {
  const { t } = useTranslation("plugins");
  const [isOpen, setIsOpen] = useState(false);
  return (
    <Menu position="bottom-end" opened={isOpen} onChange={setIsOpen} width={220}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={t("menu.label", { name: props.plugin.name })}>
          <IconDotsVertical size={16} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>{isOpen && <MenuItems {...props} />}</Menu.Dropdown>
    </Menu>
  );
};

const MenuItems = ({ plugin, mayChange, actions }: PluginMenuProps) => {
  const { t } = useTranslation("plugins");
  const { plugin: id, state, hasSettings, update, previousVersion, source } = plugin;
  const on = isOn(plugin);
  const isBlocked = state === "blocked";
  return (
    <>
      <Menu.Item
        leftSection={<IconSettings size={16} aria-hidden />}
        disabled={!hasSettings}
        onClick={() => actions.open("settings", id)}
      >
        {t("menu.settings")}
      </Menu.Item>
      <Menu.Item
        leftSection={<IconRefresh size={16} aria-hidden />}
        disabled={!mayChange || (update === undefined && source === "builtin" && !isBlocked)}
        onClick={() => actions.open("update", id)}
      >
        {update === undefined
          ? t(isBlocked ? "menu.otherVersion" : source === "builtin" ? "menu.newest" : "menu.fromFile")
          : t("menu.update", { version: update.version })}
      </Menu.Item>
      <Menu.Item
        leftSection={<IconArrowBackUp size={16} aria-hidden />}
        disabled={!mayChange || previousVersion === undefined}
        onClick={() => actions.open("rollback", id)}
      >
        {previousVersion === undefined
          ? t("menu.noRollback")
          : t("menu.rollback", { version: previousVersion })}
      </Menu.Item>
      <Menu.Item
        leftSection={on ? <IconPlayerStop size={16} aria-hidden /> : <IconPlayerPlay size={16} aria-hidden />}
        disabled={!mayChange || !isSwitchable(plugin)}
        onClick={() => actions.toggle(plugin, !on)}
      >
        {t(on ? "menu.disable" : "menu.enable")}
      </Menu.Item>
      <Menu.Divider />
      <Menu.Item
        color="red"
        leftSection={<IconTrash size={16} aria-hidden />}
        disabled={!mayChange || source === "builtin"}
        onClick={() => actions.open("uninstall", id)}
      >
        {source === "builtin" ? t("menu.builtin") : t("menu.uninstall")}
      </Menu.Item>
    </>
  );
};
