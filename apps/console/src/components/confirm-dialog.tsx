import { Button, Stack } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Dialog, DialogActions } from "./dialog.tsx";
import { ProblemAlert } from "./problem-alert.tsx";

export interface ConfirmDialogProps {
  readonly title: string;
  /** What will happen. */
  readonly children: ReactNode;
  /** What the button does, by its name: "Remove Ada", not "OK". */
  readonly action: string;
  /** Whether what must be entered first has been. */
  readonly isReady?: boolean;
  readonly onConfirm: () => Promise<unknown>;
  readonly onClose: () => void;
}

/** Asks before something that cannot be taken back. */
export const ConfirmDialog = ({
  title,
  children,
  action,
  isReady = true,
  onConfirm,
  onClose,
}: ConfirmDialogProps) => {
  const { t } = useTranslation();
  const act = useMutation({ mutationFn: onConfirm, onSuccess: onClose });
  return (
    <Dialog title={title} onClose={onClose} isBusy={act.isPending} size="md">
      <Stack gap="sm">
        {act.error !== null && <ProblemAlert error={act.error} />}
        <div>{children}</div>
      </Stack>
      <DialogActions>
        <Button variant="default" onClick={onClose} disabled={act.isPending} data-autofocus>
          {t("cancel")}
        </Button>
        <Button color="red" disabled={!isReady} onClick={() => act.mutate()} loading={act.isPending}>
          {action}
        </Button>
      </DialogActions>
    </Dialog>
  );
};
