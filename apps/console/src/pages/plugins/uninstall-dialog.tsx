import { Alert, Button, List, Skeleton, Stack, Text, TextInput } from "@mantine/core";
import type { InstallationDataDto, InstallationDto } from "@patchbay/protocol";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Dialog, DialogActions, useDialog } from "../../components/dialog.tsx";
import { useFormats } from "../../components/formats.ts";
import { ProblemAlert } from "../../components/problem-alert.tsx";
import { RetryProblem } from "../../components/retry-problem.tsx";
import { tellDone } from "../../components/tell.ts";
import { useOrganization } from "../../session/organization.ts";
import { refreshPlugins } from "./plugin-steps.ts";
import type { InstalledDialogProps } from "./rollback-dialog.tsx";
import { isOn } from "./running.ts";

/** Says in numbers what would be gone, and wants the name before it does it. */
const UninstallDialog = ({ installation, onClose }: InstalledDialogProps) => {
  const { t } = useTranslation("plugins");
  return (
    <Dialog title={t("uninstall.title", { name: installation.name })} onClose={onClose} size="md">
      <Uninstall installation={installation} />
    </Dialog>
  );
};

const Uninstall = ({ installation }: { installation: InstallationDto }) => {
  const { t } = useTranslation(["plugins", "common"]);
  const { org, client } = useOrganization();
  const { close, leave } = useDialog();
  const formats = useFormats();
  const { plugin, name } = installation;
  const [typed, setTyped] = useState("");
  const data = useQuery({
    queryKey: [org, "plugins", plugin, "data"],
    queryFn: () => client.plugins.data(plugin),
    staleTime: 0,
  });
  const uninstall = useMutation({
    mutationFn: () => client.plugins.uninstall(plugin, { disable: true }),
    onSuccess: () => {
      tellDone(t("done.uninstalled", { name }));
      leave();
    },
    onSettled: () => refreshPlugins(org),
  });
  const usedBy = data.data?.usedBy ?? [];
  const isConfirmed = typed.trim() === name;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (isConfirmed) uninstall.mutate();
      }}
    >
      <Stack gap="sm">
        {uninstall.error !== null && <ProblemAlert error={uninstall.error} />}
        {data.isLoadingError ? (
          <RetryProblem error={data.error} onRetry={() => void data.refetch()} />
        ) : data.data === undefined ? (
          <Skeleton height={96} />
        ) : (
          <Losses data={data.data} />
        )}
        {usedBy.length > 0 && (
          <Alert color="orange">{t("uninstall.usedBy", { plugins: formats.list(usedBy) })}</Alert>
        )}
        {isOn(installation) && <Text>{t("uninstall.running")}</Text>}
        <Text>{t("uninstall.catalog")}</Text>
        <TextInput
          label={t("uninstall.confirm", { name })}
          value={typed}
          onChange={({ currentTarget }) => setTyped(currentTarget.value)}
          autoComplete="off"
          spellCheck={false}
          data-autofocus
        />
        <DialogActions>
          <Button variant="default" onClick={close}>
            {t("common:cancel")}
          </Button>
          <Button
            type="submit"
            color="red"
            disabled={!isConfirmed || usedBy.length > 0}
            loading={uninstall.isPending}
          >
            {t("uninstall.submit", { name })}
          </Button>
        </DialogActions>
      </Stack>
    </form>
  );
};

const COUNTED = [
  "values",
  "files",
  "conversations",
  "memories",
  "endpoints",
  "settings",
  "overrides",
  "secrets",
  "grants",
  "logLines",
  "notifications",
] as const satisfies readonly (keyof InstallationDataDto)[];

const Losses = ({ data }: { data: InstallationDataDto }) => {
  const { t } = useTranslation("plugins");
  const formats = useFormats();
  const lost = COUNTED.filter((what) => data[what] > 0);
  if (lost.length === 0) return <Text>{t("uninstall.nothing")}</Text>;
  return (
    <div>
      <Text>{t("uninstall.lost")}</Text>
      <List size="sm" mt={4}>
        {lost.map((what) => (
          <List.Item key={what}>
            {t(`uninstall.${what}`, { count: data[what], number: formats.number(data[what]) })}
          </List.Item>
        ))}
        {data.bytes > 0 && (
          <List.Item>{t("uninstall.bytes", { bytes: formats.bytes(data.bytes) })}</List.Item>
        )}
      </List>
    </div>
  );
};

export default UninstallDialog;
