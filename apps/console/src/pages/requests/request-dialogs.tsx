import { Button, Skeleton, Stack, Textarea } from "@mantine/core";
import type { PluginRequestDto } from "@patchbay/protocol";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ConfirmDialog } from "../../components/confirm-dialog.tsx";
import { Dialog, DialogActions, useDialog } from "../../components/dialog.tsx";
import { ProblemAlert } from "../../components/problem-alert.tsx";
import { RetryProblem } from "../../components/retry-problem.tsx";
import { tellDone } from "../../components/tell.ts";
import { useOrganization } from "../../session/organization.ts";
import { offeredQuery } from "../plugins/candidate.ts";
import { InstallSteps } from "../plugins/install/install-steps.tsx";

const MAX_REASON = 1_000;

export interface RequestDialogProps {
  readonly request: PluginRequestDto;
  readonly onClose: () => void;
}

const useRefresh = () => {
  const { org } = useOrganization();
  const queries = useQueryClient();
  return () =>
    Promise.all([
      queries.invalidateQueries({ queryKey: [org, "requests"] }),
      queries.invalidateQueries({ queryKey: [org, "plugins"] }),
    ]);
};

/** Installs what was asked for, in the steps of every installation: what was asked for is chosen beforehand. */
export const ApproveDialog = ({ request, onClose }: RequestDialogProps) => {
  const { t } = useTranslation("requests");
  const { org } = useOrganization();
  const { plugin, version } = request;
  const [isBusy, setIsBusy] = useState(false);
  const found = useQuery(offeredQuery(org, plugin, version));
  const target = found.data?.versions.find((one) => one.version === version);
  return (
    <Dialog title={t("approveTitle", { plugin, version })} onClose={onClose} isBusy={isBusy} size="xl">
      {found.isLoadingError ? (
        <RetryProblem error={found.error} onRetry={() => void found.refetch()} />
      ) : found.data === undefined || target === undefined ? (
        <Skeleton height={240} />
      ) : (
        <InstallSteps
          offered={found.data}
          target={target}
          request={request}
          onBack={onClose}
          onBusy={setIsBusy}
          onName={() => undefined}
        />
      )}
    </Dialog>
  );
};

const useDecision = (decide: () => Promise<unknown>, done: string, onClose: () => void) => {
  const refresh = useRefresh();
  const { isPending, error, mutate } = useMutation({
    mutationFn: decide,
    onSuccess: async () => {
      tellDone(done);
      onClose();
      await refresh();
    },
  });
  return { leave: onClose, isPending, error, mutate };
};

export const RefuseDialog = ({ request, onClose }: RequestDialogProps) => {
  const { t } = useTranslation("requests");
  const [reason, setReason] = useState("");
  return (
    <Dialog
      title={t("refuseTitle", { plugin: request.plugin })}
      onClose={onClose}
      isDirty={reason !== ""}
      size="md"
    >
      <RefusalForm request={request} reason={reason} onReason={setReason} />
    </Dialog>
  );
};

interface RefusalFormProps {
  readonly request: PluginRequestDto;
  readonly reason: string;
  readonly onReason: (reason: string) => void;
}

const RefusalForm = ({ request: { id, plugin, askedBy }, reason, onReason }: RefusalFormProps) => {
  const { t } = useTranslation(["requests", "common"]);
  const { client } = useOrganization();
  const { leave, close } = useDialog();
  const { isPending, error, mutate } = useDecision(
    () => client.requests.refuse(id, reason),
    t("refused", { plugin }),
    leave,
  );
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        mutate();
      }}
    >
      <Stack gap="sm">
        {error !== null && <ProblemAlert error={error} />}
        <Textarea
          label={t("reason")}
          description={t("reasonHelp", { name: askedBy.name })}
          required
          autosize
          minRows={3}
          maxLength={MAX_REASON}
          data-autofocus
          value={reason}
          onChange={({ currentTarget }) => onReason(currentTarget.value)}
        />
      </Stack>
      <DialogActions>
        <Button variant="default" onClick={close} disabled={isPending}>
          {t("common:cancel")}
        </Button>
        <Button type="submit" color="red" loading={isPending}>
          {t("refuseOne", { plugin })}
        </Button>
      </DialogActions>
    </form>
  );
};

export const WithdrawDialog = ({ request: { id, plugin }, onClose }: RequestDialogProps) => {
  const { t } = useTranslation("requests");
  const { client } = useOrganization();
  const refresh = useRefresh();
  return (
    <ConfirmDialog
      title={t("withdrawTitle", { plugin })}
      action={t("withdrawOne", { plugin })}
      onClose={onClose}
      onConfirm={async () => {
        await client.requests.withdraw(id);
        await refresh();
      }}
    >
      {t("withdrawText")}
    </ConfirmDialog>
  );
};
