import { Alert, Button, Stack, Text } from "@mantine/core";
import type { InstallationDto } from "@patchbay/protocol";
import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { queryClient } from "../../api/query-client.ts";
import { DialogActions, useDialog } from "../../components/dialog.tsx";
import { ProblemAlert } from "../../components/problem-alert.tsx";
import { useOrganization } from "../../session/organization.ts";
import { UploadSource } from "./install/upload-source.tsx";
import { refreshPlugins } from "./plugin-steps.ts";

export interface FromFileProps {
  readonly installation: InstallationDto;
  /** Hears the version that came in. */
  readonly onFile: (version: string) => void;
}

/** Another version of the plugin as a file. */
export const FromFile = ({ installation: { plugin, name }, onFile }: FromFileProps) => {
  const { t } = useTranslation("plugins");
  const { org } = useOrganization();
  const [other, setOther] = useState<string | null>(null);
  return (
    <Stack gap="md">
      {other !== null && (
        <Alert color="orange" role="alert">
          {t("update.otherPlugin", { other, name })}
        </Alert>
      )}
      <UploadSource
        onChoose={(choice) => {
          if (choice.plugin !== plugin) return setOther(choice.plugin);
          void queryClient
            .invalidateQueries({ queryKey: [org, "catalog", plugin] })
            .then(() => onFile(choice.version ?? ""));
        }}
      />
    </Stack>
  );
};

/** There is no other version here: what can be done all the same. */
export const NothingNewer = ({ installation, onFile }: FromFileProps) => {
  const { t } = useTranslation(["plugins", "common"]);
  const { org, client } = useOrganization();
  const { close } = useDialog();
  const navigate = useNavigate();
  const isBlocked = installation.state === "blocked";
  const look = useMutation({
    mutationFn: () => client.marketplace.checkUpdates(),
    onSuccess: () =>
      Promise.all([refreshPlugins(org), queryClient.invalidateQueries({ queryKey: [org, "catalog"] })]),
  });
  return (
    <Stack gap="md">
      {look.error !== null && <ProblemAlert error={look.error} />}
      <Text role="status">
        {t(look.isSuccess ? "update.stillNone" : "update.none", { version: installation.version })}
        {isBlocked && ` ${t("update.noneBlocked")}`}
      </Text>
      <FromFile installation={installation} onFile={onFile} />
      <DialogActions
        aside={
          isBlocked && (
            <Button
              color="red"
              variant="outline"
              onClick={() =>
                void navigate({
                  to: ".",
                  search: (old) => ({ ...old, dialog: "uninstall" }),
                  resetScroll: false,
                })
              }
            >
              {t("menu.uninstall")}
            </Button>
          )
        }
      >
        <Button variant="default" onClick={close}>
          {t("common:close")}
        </Button>
        <Button onClick={() => look.mutate()} loading={look.isPending}>
          {t("update.look")}
        </Button>
      </DialogActions>
    </Stack>
  );
};
