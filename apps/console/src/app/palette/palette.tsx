import { Spotlight, type SpotlightActionData, spotlight } from "@mantine/spotlight";
import "@mantine/spotlight/styles.css";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { pluginsQuery, toolsQuery, viewsQuery } from "../../api/queries.ts";
import { IconPlug, IconSearch, IconSettings, IconTool } from "../../components/icons.tsx";
import { usePlaces } from "../../pages/use-places.ts";
import { useOrganization } from "../../session/organization.ts";

const SHOWN = 12;

/** Everything that one may go to, by name. */
const CommandPalette = ({ onClose }: { onClose: () => void }) => {
  const { t } = useTranslation();
  const actions = useActions();
  useEffect(() => spotlight.open(), []);
  return (
    <Spotlight
      actions={actions}
      limit={SHOWN}
      shortcut={null}
      highlightQuery
      scrollable
      maxHeight={420}
      nothingFound={t("palette.nothing")}
      onSpotlightClose={onClose}
      searchProps={{
        "aria-label": t("header.palette"),
        placeholder: t("header.palette"),
        leftSection: <IconSearch size={18} aria-hidden />,
      }}
    />
  );
};

export default CommandPalette;

const useActions = (): SpotlightActionData[] => {
  const { t } = useTranslation(["common", "settings"]);
  const { org, project } = useOrganization();
  const { places, settingsTabs } = usePlaces();
  const navigate = useNavigate();
  const { data: plugins = [] } = useQuery(pluginsQuery(org));
  const { data: tools = [] } = useQuery(toolsQuery(org, project));
  const { data: views = [] } = useQuery(viewsQuery(org, project));
  const params = { org };
  const icon = {
    plugin: <IconPlug size={18} />,
    tool: <IconTool size={18} />,
    set: <IconSettings size={18} />,
  };
  return [
    ...places.map(({ id, to, label, icon: Icon }) => ({
      id,
      label: t(label),
      leftSection: <Icon size={18} />,
      onClick: () => void navigate({ to, params }),
    })),
    ...settingsTabs.map((tab) => ({
      id: `settings ${tab}`,
      label: t(`settings:tabs.${tab}`),
      description: t("nav.settings"),
      leftSection: icon.set,
      onClick: () => void navigate({ to: `/o/$org/settings/${tab}`, params }),
    })),
    ...views
      .filter(({ place }) => place === "page")
      .map(({ plugin, name, title, pluginName }) => ({
        id: `view ${plugin} ${name}`,
        label: title,
        description: pluginName,
        onClick: () =>
          void navigate({ to: "/o/$org/views/$plugin/$view", params: { org, plugin, view: name } }),
      })),
    ...plugins.map(({ plugin, name }) => ({
      id: `plugin ${plugin}`,
      label: name,
      description: plugin,
      leftSection: icon.plugin,
      onClick: () => void navigate({ to: "/o/$org/plugins/$plugin", params: { org, plugin } }),
    })),
    ...tools.map(({ plugin, tool, title, description }) => ({
      id: `tool ${plugin} ${tool}`,
      label: title ?? tool,
      description: `${plugin}/${tool}`,
      keywords: description,
      leftSection: icon.tool,
      onClick: () => void navigate({ to: "/o/$org/tools", params, search: { tool: `${plugin}/${tool}` } }),
    })),
  ];
};
