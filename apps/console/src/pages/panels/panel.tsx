import type { NotificationParams, ViewDto } from "@patchbay/protocol";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { settingsVersionQuery } from "../../api/queries.ts";
import { tell } from "../../components/tell.ts";
import { hostCalls } from "../../frames/host-calls.ts";
import { PluginFrame } from "../../frames/plugin-frame.tsx";
import { useOrganization } from "../../session/organization.ts";
import { useConsoleTheme } from "./console-theme.ts";

const COLOURS = { info: "accent", success: "teal", warning: "orange", error: "red" } as const;

export interface PanelProps {
  readonly view: ViewDto;
  /** CSS height; as high as its content unless given. */
  readonly height?: string;
  /** The most that its content may take, in CSS pixels. */
  readonly maxHeight?: number;
  /** Escape was pressed in it. */
  readonly onEscape?: () => void;
}

/** A plugin's view, with what it may ask of the platform in the organization and project that are looked at. */
export const Panel = ({ view, height, maxHeight, onEscape }: PanelProps) => {
  const { t, i18n } = useTranslation(["panels", "common"]);
  const { org, project, client } = useOrganization();
  const theme = useConsoleTheme();
  const { data: settingsVersion } = useQuery(settingsVersionQuery(org, view.plugin));
  const { plugin, pluginName, version, name } = view;
  const call = useMemo(() => {
    const notify = ({ title, message, level = "info" }: NotificationParams) =>
      tell({ title: `${pluginName}: ${title}`, message, color: COLOURS[level] });
    return hostCalls(client, { plugin, notify, ...(project !== undefined && { project }) });
  }, [client, plugin, pluginName, project]);
  const words = { failed: (who: string) => t("failed", { name: who }), retry: t("common:retry") };
  return (
    <PluginFrame
      view={{ ...view, pluginId: plugin }}
      theme={theme}
      locale={i18n.language}
      settingsVersion={settingsVersion}
      words={words}
      call={call}
      // What the log does not get is lost with the view; the person has seen the cause.
      faulted={(fault) =>
        void client.views.reportFault(plugin, { version, view: name, ...fault }).catch(() => undefined)
      }
      {...(height !== undefined && { height })}
      {...(maxHeight !== undefined && { maxHeight })}
      {...(onEscape !== undefined && { escaped: onEscape })}
    />
  );
};
