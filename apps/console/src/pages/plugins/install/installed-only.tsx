import { Alert, Button, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { pluginQuery } from "../../../api/queries.ts";
import { DialogActions, useDialog } from "../../../components/dialog.tsx";
import { ButtonLink } from "../../../components/links.tsx";
import { ProblemAlert } from "../../../components/problem-alert.tsx";
import { useOrganization } from "../../../session/organization.ts";
import { isOn } from "../running.ts";

export interface InstalledOnlyProps {
  readonly plugin: string;
  readonly name: string;
  readonly error: unknown;
}

/** It is installed, but could not be enabled: how it stands now, and where it goes on. Nothing has to be entered again. */
export const InstalledOnly = ({ plugin, name, error }: InstalledOnlyProps) => {
  const { t } = useTranslation(["install", "plugins", "common"]);
  const { org } = useOrganization();
  const { leave } = useDialog();
  const { data: installation } = useQuery({ ...pluginQuery(org, plugin), staleTime: 0 });
  const needsSettings = (installation?.missingSettings.length ?? 0) > 0;
  return (
    <Stack gap="md">
      {installation !== undefined && (
        <Alert color="orange">{t(isOn(installation) ? "installedFails" : "installedOnly", { name })}</Alert>
      )}
      {error !== null && <ProblemAlert title={t("notEnabled", { name })} error={error} />}
      <DialogActions>
        <Button variant="default" onClick={leave}>
          {t("common:close")}
        </Button>
        {needsSettings ? (
          <ButtonLink to="/o/$org/plugins" params={{ org }} search={{ dialog: "settings", plugin }}>
            {t("plugins:attention.openSettings")}
          </ButtonLink>
        ) : (
          <ButtonLink to="/o/$org/plugins/$plugin" params={{ org, plugin }}>
            {t("plugins:attention.look")}
          </ButtonLink>
        )}
      </DialogActions>
    </Stack>
  );
};
