import { Button, Stack, Text } from "@mantine/core";
import type { InstallationDto } from "@patchbay/protocol";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Dialog, DialogActions, useDialog } from "../../components/dialog.tsx";
import { ProblemAlert } from "../../components/problem-alert.tsx";
import { tellDone } from "../../components/tell.ts";
import { useOrganization } from "../../session/organization.ts";
import { refreshPlugins, showInstallation } from "./plugin-steps.ts";
import { isOn } from "./running.ts";

export interface InstalledDialogProps {
  readonly installation: InstallationDto;
  readonly onClose: () => void;
}

/** Back to the version before the last update, after saying what that does. */
const RollbackDialog = ({ installation, onClose }: InstalledDialogProps) => {
  const { t } = useTranslation("plugins");
  return (
    <Dialog title={t("rollback.title", { name: installation.name })} onClose={onClose} size="md">
      <Rollback installation={installation} />
    </Dialog>
  );
};

const Rollback = ({ installation }: { installation: InstallationDto }) => {
  const { t } = useTranslation(["plugins", "common"]);
  const { org, client } = useOrganization();
  const { close, leave } = useDialog();
  const { plugin, name, version, previousVersion = version, state } = installation;
  const rollback = useMutation({
    mutationFn: () => client.plugins.step(plugin, "rollback"),
    onSuccess: (answer) => {
      showInstallation(org, answer);
      tellDone(t("done.updated", { name, version: answer.version }));
      leave();
    },
    onSettled: () => refreshPlugins(org),
  });
  const versions = { from: version, to: previousVersion };
  return (
    <Stack gap="sm">
      {rollback.error !== null && <ProblemAlert error={rollback.error} />}
      {previousVersion === version ? (
        <Text>{t("menu.noRollback")}</Text>
      ) : (
        <>
          <Text>{t("rollback.text", { name, ...versions })}</Text>
          {isOn(installation) && <Text>{t("rollback.running", versions)}</Text>}
          {state === "blocked" && <Text>{t("update.blocked", versions)}</Text>}
          <Text>{t("rollback.grants")}</Text>
        </>
      )}
      <DialogActions>
        <Button variant="default" onClick={close}>
          {t("common:cancel")}
        </Button>
        {previousVersion !== version && (
          <Button loading={rollback.isPending} onClick={() => rollback.mutate()} data-autofocus>
            {t("rollback.submit", versions)}
          </Button>
        )}
      </DialogActions>
    </Stack>
  );
};

export default RollbackDialog;
