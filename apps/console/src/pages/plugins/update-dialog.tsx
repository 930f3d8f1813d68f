import { Button, NativeSelect, Skeleton, Stack, Text } from "@mantine/core";
import {
  type InstallationDto,
  isNewerVersion,
  type MissingDto,
  PatchbayError,
  type PermissionRequestDto,
} from "@patchbay/protocol";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Dialog, DialogActions, useDialog } from "../../components/dialog.tsx";
import { grantOf } from "../../components/permissions/permission-risk.ts";
import { ProblemAlert } from "../../components/problem-alert.tsx";
import { RetryProblem } from "../../components/retry-problem.tsx";
import { tellDone } from "../../components/tell.ts";
import { useOrganization } from "../../session/organization.ts";
import { type Candidate, type Offered, updatesQuery } from "./candidate.ts";
import { FromFile, NothingNewer } from "./nothing-newer.tsx";
import { refreshPlugins, showInstallation } from "./plugin-steps.ts";
import { resolutionQuery } from "./resolution-query.ts";
import type { InstalledDialogProps } from "./rollback-dialog.tsx";
import { isOn } from "./running.ts";
import { UpdateDifference } from "./update-difference.tsx";

interface UpdateDialogProps extends InstalledDialogProps {
  /** The version that is looked at first; the newest unless told. */
  readonly version: string | undefined;
}

/** What another version changes, and the step to it. */
const UpdateDialog = ({ installation, version, onClose }: UpdateDialogProps) => {
  const { t } = useTranslation("plugins");
  const { org } = useOrganization();
  const found = useQuery(updatesQuery(org, installation.plugin, version));
  return (
    <Dialog title={t("update.title", { name: installation.name })} onClose={onClose} size="lg">
      {found.isLoadingError ? (
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
  const { t } = useTranslation("plugins");
  const current = offered.versions.find(({ version }) => version === installation.version);
  const others = otherVersions(installation, offered);
  const [chosen, setChosen] = useState(version ?? installation.update?.version ?? others[0]);
  const [isFromFile, setIsFromFile] = useState(false);
  const choose = (next: string) => {
    setChosen(next);
    setIsFromFile(false);
  };
  const target = offered.versions.find(({ version }) => version === chosen);
  if (chosen === undefined || !others.includes(chosen))
    return <NothingNewer installation={installation} onFile={choose} />;
  if (isFromFile) return <FromFile installation={installation} onFile={choose} />;
  return (
    <Stack gap="md">
      {others.length > 1 && (
        <NativeSelect
          label={t("update.target")}
          value={chosen}
          onChange={({ currentTarget }) => setChosen(currentTarget.value)}
          data={others.map((version) => ({
            value: version,
            label: versionLabel(t, version, offered, installation.version),
          }))}
          w="fit-content"
        />
      )}
      <ToVersion
        key={chosen}
        installation={installation}
        current={current}
        version={chosen}
        target={target}
        onFromFile={() => setIsFromFile(true)}
      />
    </Stack>
  );
};

/** All but the installed one, newest first. What a repository has is known by its number before it is here. */
const otherVersions = ({ version: installed, update }: InstallationDto, { versions }: Offered): string[] => {
  const known = versions.map(({ version }) => version).filter((version) => version !== installed);
  return update === undefined || known.includes(update.version) ? known : [update.version, ...known];
};

const versionLabel = (
  t: (key: "update.newest" | "update.older", values: { version: string }) => string,
  version: string,
  { versions }: Offered,
  installed: string,
): string => {
  if (isNewerVersion(installed, version)) return t("update.older", { version });
  return versions.some((other) => isNewerVersion(other.version, version))
    ? version
    : t("update.newest", { version });
};

interface ToVersionProps {
  readonly installation: InstallationDto;
  readonly current: Candidate | undefined;
  readonly version: string;
  /** undefined while nothing but its number is known. */
  readonly target: Candidate | undefined;
  readonly onFromFile: () => void;
}

const ToVersion = ({ installation, current, version, target, onFromFile }: ToVersionProps) => {
  const { t } = useTranslation(["plugins", "common"]);
  const { close } = useDialog();
  const [isAccepted, setIsAccepted] = useState(false);
  const [optional, setOptional] = useState<readonly PermissionRequestDto[]>([]);
  const update = useUpdate(installation);
  const { org } = useOrganization();
  const { plugin } = installation;
  const resolution = useQuery({
    ...resolutionQuery(org, { plugin, version }),
    enabled: target !== undefined,
  });
  const missing = missingOf(installation, version, update.error);
  const versions = { from: installation.version, to: version };
  const submit = () =>
    update.mutate({
      version,
      grants: [...missing, ...optional].map((one) => ("setting" in one ? one : grantOf(one))),
    });
  return (
    <Stack gap="md">
      {resolution.error !== null && (
        <RetryProblem
          title={t("update.cannot", { to: version })}
          error={resolution.error}
          onRetry={() => void resolution.refetch()}
        />
      )}
      {update.error !== null && (
        <ProblemAlert
          title={t(isOn(installation) ? "update.failed" : "update.failedOff", versions)}
          error={update.error}
        />
      )}
      <div>
        <Text fw={600}>{t("update.versions", versions)}</Text>
        {isOn(installation) && <Text>{t("update.running", versions)}</Text>}
        {installation.state === "blocked" && <Text>{t("update.blocked", versions)}</Text>}
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
      <DialogActions
        aside={
          installation.source === "bridge" ? undefined : (
            <Button variant="subtle" color="gray" px={0} onClick={onFromFile}>
              {t("menu.fromFile")}
            </Button>
          )
        }
      >
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
const missingOf = ({ update }: InstallationDto, version: string, error: unknown): readonly MissingDto[] => {
  if (error instanceof PatchbayError && error.code === "grants_required")
    return (error.facts as { missing?: MissingDto[] }).missing ?? [];
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
