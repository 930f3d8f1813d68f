import type { PluginRequestDto, ResolutionDto } from "@patchbay/protocol";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { queryClient } from "../../../api/query-client.ts";
import { useDialog } from "../../../components/dialog.tsx";
import { defaultsOf } from "../../../components/schema-form/json-schema.ts";
import { tellDone } from "../../../components/tell.ts";
import { useOrganization } from "../../../session/organization.ts";
import type { Candidate } from "../candidate.ts";
import { refreshPlugins } from "../plugin-steps.ts";
import { settingsPatchOf } from "../settings/settings-patch.ts";
import { approvalOf, dependenciesOf, grantsOf, type InstallDraft } from "./install-draft.ts";

/** With `request` it approves that. Installs and enables as decided, and closes the dialog. `isInstalled` with an error: only the enabling failed. */
export const useInstall = (
  target: Candidate,
  draft: InstallDraft,
  along: ResolutionDto["along"],
  request?: PluginRequestDto,
) => {
  const { t } = useTranslation("plugins");
  const { org, client } = useOrganization();
  const { leave } = useDialog();
  const [isInstalled, setIsInstalled] = useState(false);
  const { plugin, version, manifest } = target;
  const install = useMutation({
    mutationFn: async () => {
      const rest = along.length > 0 ? { dependencies: dependenciesOf(along) } : {};
      // Only what was changed: a default that is left alone follows the package's.
      const settings = settingsPatchOf(defaultsOf(manifest.settings), draft.settings);
      if (request === undefined) {
        const decided = { grants: grantsOf(target, draft), scope: { projects: draft.projects } };
        await client.plugins.install({ plugin, version, ...decided, ...rest, settings });
      } else await client.requests.approve(request.id, { ...approvalOf(target, draft, request), ...rest });
      try {
        if (request !== undefined && Object.keys(settings).length > 0)
          await client.plugins.putSettings(plugin, settings);
        if (draft.isEnabling) await client.plugins.step(plugin, "enable");
      } catch (error) {
        setIsInstalled(true);
        throw error;
      }
    },
    onSuccess: () => {
      tellDone(t(draft.isEnabling ? "done.enabled" : "done.installed", { name: manifest.name }));
      leave();
    },
    onSettled: () => {
      void queryClient.invalidateQueries({ queryKey: [org, "catalog"] });
      void queryClient.invalidateQueries({ queryKey: [org, "requests"] });
      return refreshPlugins(org);
    },
  });
  return { install, isInstalled };
};
