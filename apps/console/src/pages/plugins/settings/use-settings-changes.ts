import type { Revised } from "@patchbay/api-client";
import type { InstallationDto, SettingsDto } from "@patchbay/protocol";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { queryClient } from "../../../api/query-client.ts";
import { useDialog } from "../../../components/dialog.tsx";
import { isChangedMeanwhile } from "../../../components/shared-draft/merge-values.ts";
import { tellDone } from "../../../components/tell.ts";
import { useOrganization } from "../../../session/organization.ts";

interface SentSettings {
  readonly patch: Record<string, unknown>;
  readonly seen: string | undefined;
  /** Hears what the server has made of it. */
  readonly onSaved: (settings: Revised<SettingsDto>) => void;
}

/** Saves and resets the settings of one level. What somebody else has changed meanwhile is read before a refusal is shown. */
export const useSettingsChanges = ({ plugin, name }: InstallationDto, project: string | null) => {
  const { t } = useTranslation("plugins");
  const { org, client } = useOrganization();
  const { leave } = useDialog();
  const queryKey = [org, "plugins", plugin, "settings", project];
  const onError = async (error: unknown) => {
    if (isChangedMeanwhile(error)) await queryClient.invalidateQueries({ queryKey });
  };
  const save = useMutation({
    mutationFn: ({ patch, seen }: SentSettings) =>
      client.plugins.putSettings(plugin, patch, project ?? undefined, seen),
    onSuccess: (settings, { onSaved }) => {
      onSaved(settings);
      queryClient.setQueryData(queryKey, settings);
      tellDone(t("done.settings", { name }));
      leave();
    },
    onError,
  });
  const reset = useMutation({
    mutationFn: ({ seen }: Omit<SentSettings, "patch">) =>
      client.plugins.resetSettings(plugin, project ?? undefined, seen),
    onSuccess: (settings, { onSaved }) => {
      onSaved(settings);
      queryClient.setQueryData(queryKey, settings);
      save.reset();
      tellDone(t("done.reset", { name }));
    },
    onError,
  });
  return { save, reset };
};
