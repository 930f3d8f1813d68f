import { Button, Stack, Text, Textarea } from "@mantine/core";
import type { PluginRequestDto } from "@patchbay/protocol";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useOrganization } from "../../app/organization.ts";
import { ConfirmDialog } from "../../components/confirm-dialog.tsx";
import { Dialog, DialogActions, useDialog } from "../../components/dialog.tsx";
import { PermissionList } from "../../components/permissions/permission-list.tsx";
import { ProblemAlert } from "../../components/problem-alert.tsx";
import { tellDone } from "../../components/tell.ts";

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

/** Says what the plugin will be allowed, then installs it. */
export const ApproveDialog = ({ request: { id, plugin, version, grants }, onClose }: RequestDialogProps) => {
  const { t } = useTranslation(["requests", "common"]);
  const { client } = useOrganization();
  const { leave, isPending, error, mutate } = useDecision(
    () => client.requests.approve(id),
    t("approved", { plugin }),
    onClose,
  );
  return (
    <Dialog title={t("approveTitle", { plugin, version })} onClose={leave} isBusy={isPending} size="md">
      <Stack gap="sm">
        {error !== null && <ProblemAlert error={error} />}
        <Text>{grants.length === 0 ? t("noGrants") : t("grants")}</Text>
        <PermissionList requests={grants} />
      </Stack>
      <DialogActions>
        <Button variant="default" onClick={leave} disabled={isPending}>
          {t("common:cancel")}
        </Button>
        <Button onClick={() => mutate()} loading={isPending}>
          {t("install", { plugin })}
        </Button>
      </DialogActions>
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
