import type { InstallationDto } from "@patchbay/protocol";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { clientOf } from "../../api/client.ts";
import { pluginQuery, pluginsQuery } from "../../api/queries.ts";
import { queryClient } from "../../api/query-client.ts";
import { tellDone, tellProblem } from "../../components/tell.ts";
import { useOrganization } from "../../session/organization.ts";

type Change = (plugin: InstallationDto) => InstallationDto;

/** Changes one plugin in what is shown, before the server has said it again. */
const showChanged = (org: string, plugin: string, change: Change): void => {
  queryClient.setQueryData(pluginsQuery(org).queryKey, (all) =>
    all?.map((one) => (one.plugin === plugin ? change(one) : one)),
  );
  queryClient.setQueryData(pluginQuery(org, plugin).queryKey, (one) => one && change(one));
};

/** Puts what the server answered in place of what was shown. */
export const showInstallation = (org: string, installation: InstallationDto): void =>
  showChanged(org, installation.plugin, () => installation);

/** Reads the plugins again. */
export const refreshPlugins = (org: string): Promise<void> =>
  queryClient.invalidateQueries({ queryKey: [org, "plugins"] });

export interface Switching {
  readonly plugin: InstallationDto;
  readonly on: boolean;
}

/** Shown as done at once, and put back when the server refuses. */
export const switchPlugin = async (org: string, { plugin, on }: Switching): Promise<InstallationDto> => {
  await queryClient.cancelQueries({ queryKey: pluginsQuery(org).queryKey, exact: true });
  showChanged(org, plugin.plugin, (one) => {
    const { lastError: _old, ...rest } = one;
    const health = { ...one.health, state: on ? ("starting" as const) : ("off" as const) };
    return { ...rest, state: on ? "enabling" : "disabled", health };
  });
  try {
    const answer = await clientOf(org).plugins.step(plugin.plugin, on ? "enable" : "disable");
    showInstallation(org, answer);
    return answer;
  } catch (error) {
    showInstallation(org, plugin);
    await refreshPlugins(org);
    throw error;
  }
};

/** The switch of one plugin, which says what it did. */
export const usePluginSwitch = () => {
  const { t } = useTranslation("plugins");
  const { org } = useOrganization();
  return useMutation({
    mutationFn: (switching: Switching) => switchPlugin(org, switching),
    onSuccess: ({ name }, { on }) => tellDone(t(on ? "done.enabled" : "done.disabled", { name })),
    onError: (error, { plugin: { name }, on }) =>
      tellProblem(t(on ? "failed.enable" : "failed.disable", { name }), error),
  });
};

/** Starts a failed plugin again. */
export const usePluginRetry = () => {
  const { t } = useTranslation("plugins");
  const { org, client } = useOrganization();
  return useMutation({
    mutationFn: ({ plugin }: InstallationDto) => client.plugins.step(plugin, "retry"),
    onSuccess: (installation) => {
      showInstallation(org, installation);
      tellDone(t("done.enabled", { name: installation.name }));
    },
    onError: (error, { name }) => tellProblem(t("failed.enable", { name }), error),
    onSettled: () => refreshPlugins(org),
  });
};
