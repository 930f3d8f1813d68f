import { Button, NativeSelect, Skeleton, Stack, Text } from "@mantine/core";
import { type InstallationDto, PatchbayError, type RequestDto } from "@patchbay/protocol";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useOrganization } from "../../app/organization.ts";
import { Dialog, DialogActions, useDialog } from "../../components/dialog.tsx";
import { grantOf } from "../../components/permissions/permission-risk.ts";
import { ProblemAlert } from "../../components/problem-alert.tsx";
import { RetryProblem } from "../../components/retry-problem.tsx";
import { tellDone } from "../../components/tell.ts";
import { type Candidate, type Offered, updatesQuery } from "./candidate.ts";
import { refreshPlugins, showInstallation } from "./plugin-steps.ts";
import { resolutionQuery } from "./resolution-query.ts";
import type { InstalledDialogProps } from "./rollback-dialog.tsx";
import { UpdateDifference } from "./update-difference.tsx";

interface UpdateDialogProps extends InstalledDialogProps {
  /** The version that is looked at first; the newest unless told. */
  readonly version: string | undefined;
}

/** What another version changes, and the step to it. */
const UpdateDialog = ({ installation, version, onClose }: UpdateDialogProps) => {
  const { t } = useTranslation("plugins");
  const { org } = useOrganization();
  const found = useQuery(updatesQuery(org, installation.plugin));
  return (
    <Dialog title={t("update.title", { name: installation.name })} onClose={onClose} size="lg">
      {found.error !== null ? (
        <RetryProblem error={found.error} onRetry={() => void found.refetch()} />
      ) : found.data === undefined ? (
        <Skeleton height={200} />
      ) : (
        <Update installation={installation} offered={found.data} version={version} />
      )}
    </Dialog>
  );
};

interface UpdateProps {
  readonly installation: InstallationDto;
  readonly offered: Offered;
  readonly version: string | undefined;
}

const Update = ({ installation, offered, version }: UpdateProps) => {
  const { t } = useTranslation(["plugins", "common"]);
  const { close } = useDialog();
  const current = offered.versions.find(({ version }) => version === installation.version);
  const others = offered.versions.filter(({ version }) => version !== installation.version);
  const [chosen, setChosen] = useState(version ?? installation.update?.version ?? others[0]?.version);
  const target = others.find(({ version }) => version === chosen);
  if (target === undefined)
    return (
      <Stack gap="sm">
        <Text>{t("update.none", { version: installation.version })}</Text>
        <DialogActions>
          <Button variant="default" onClick={close}>
            {t("common:close")}
          </Button>
        </DialogActions>
      </Stack>
    );
  return (
    <Stack gap="md">
      {others.length > 1 && (
        <NativeSelect
          label={t("update.target")}
          value={target.version}
          onChange={({ currentTarget }) => setChosen(currentTarget.value)}
          data={others.map(({ version }) => ({
            value: version,
            label: versionLabel(t, version, offered, installation.version),
          }))}
          w="fit-content"
        />
      )}
      <ToVersion key={target.version} installation={installation} current={current} target={target} />
    </Stack>
  );
};

const versionLabel = (
  t: (key: "update.newest" | "update.older", values: { version: string }) => string,
  version: string,
  { versions }: Offered,
  installed: string,
): string => {
  const places = [version, installed].map((one) => versions.findIndex((other) => other.version === one));
  const [place = 0, own = 0] = places;
  if (place === 0) return t("update.newest", { version });
  return own >= 0 && place > own ? t("update.older", { version }) : version;
};

interface ToVersionProps {
  readonly installation: InstallationDto;
  readonly current: Candidate | undefined;
  readonly target: Candidate;
}

const ToVersion = ({ installation, current, target }: ToVersionProps) => {
  const { t } = useTranslation(["plugins", "common"]);
  const { close } = useDialog();
  const [isAccepted, setIsAccepted] = useState(false);
  const [optional, setOptional] = useState<readonly RequestDto[]>([]);
  const update = useUpdate(installation);
  const { org } = useOrganization();
  const resolution = useQuery(resolutionQuery(org, target));
  const missing = missingOf(installation, target, update.error);
  const versions = { from: installation.version, to: target.version };
  const submit = () =>
    update.mutate({
      version: target.version,
      grants: [...missing, ...optional].map(grantOf),
    });
  return (
    <Stack gap="md">
      {resolution.error !== null && (
        <RetryProblem
          title={t("update.cannot", { to: target.version })}
          error={resolution.error}
          onRetry={() => void resolution.refetch()}
        />
      )}
      {update.error !== null && (
        <ProblemAlert title={t("update.failed", { from: installation.version })} error={update.error} />
      )}
      <div>
        <Text fw={600}>{t("update.versions", versions)}</Text>
        {installation.state !== "disabled" && <Text>{t("update.running", versions)}</Text>}
      </div>
      <UpdateDifference
        current={current}
        target={target}
        missing={missing}
        isAccepted={isAccepted}
        onAccept={setIsAccepted}
        optional={optional}
        onOptional={setOptional}
      />
      <DialogActions>
        <Button variant="default" onClick={close}>
          {t("common:cancel")}
        </Button>
        <Button
          onClick={submit}
          disabled={resolution.error !== null || (missing.length > 0 && !isAccepted)}
          loading={update.isPending}
        >
          {t("update.submit", versions)}
        </Button>
      </DialogActions>
    </Stack>
  );
};

/** What the update needs beyond what is granted: of the newest version it is known, of others the server says it when asked. */
const missingOf = (
  { update }: InstallationDto,
  { version }: Candidate,
  error: unknown,
): readonly RequestDto[] => {
  if (error instanceof PatchbayError && error.code === "grants_required")
    return (error.facts as { missing?: RequestDto[] }).missing ?? [];
  return update?.version === version ? update.missing : [];
};

const useUpdate = ({ plugin, name }: InstallationDto) => {
  const { t } = useTranslation("plugins");
  const { org, client } = useOrganization();
  const { leave } = useDialog();
  return useMutation({
    mutationFn: (body: Parameters<typeof client.plugins.update>[1]) => client.plugins.update(plugin, body),
    onSuccess: (answer) => {
      showInstallation(org, answer);
      tellDone(t("done.updated", { name, version: answer.version }));
      leave();
    },
    onSettled: () => refreshPlugins(org),
  });
};

export default UpdateDialog;
