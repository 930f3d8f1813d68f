import { Alert, Button, Group, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { DialogActions, useDialog } from "../../../components/dialog.tsx";

export interface FormActionsProps {
  readonly project: string | null;
  readonly isDirty: boolean;
  readonly isSaving: boolean;
  readonly isResetting: boolean;
  readonly onReset: () => void;
}

/** Save, Cancel, and the way back to the defaults, which asks first. */
export const FormActions = ({ project, isDirty, isSaving, isResetting, onReset }: FormActionsProps) => {
  const { t } = useTranslation(["plugins", "common"]);
  const { isDialog, close } = useDialog();
  const [isAsking, setIsAsking] = useState(false);
  const label = t(project === null ? "settings.reset" : "settings.resetProject");
  if (isAsking)
    return (
      <Alert color="orange" role="alertdialog" aria-label={label}>
        <Text mb="xs">{t(project === null ? "settings.resetAsk" : "settings.resetAskProject")}</Text>
        <Group gap="xs">
          <Button
            color="red"
            size="xs"
            autoFocus
            loading={isResetting}
            onClick={() => {
              setIsAsking(false);
              onReset();
            }}
          >
            {label}
          </Button>
          <Button variant="default" size="xs" onClick={() => setIsAsking(false)}>
            {t("common:cancel")}
          </Button>
        </Group>
      </Alert>
    );
  return (
    <DialogActions
      aside={
        <Button variant="subtle" color="gray" px={0} onClick={() => setIsAsking(true)} loading={isResetting}>
          {label}
        </Button>
      }
    >
      <Button variant="default" onClick={close} disabled={!isDialog && !isDirty}>
        {t("common:cancel")}
      </Button>
      <Button type="submit" disabled={!isDirty} loading={isSaving}>
        {t("common:save")}
      </Button>
    </DialogActions>
  );
};

/** For those who may only read: the way out of the dialog. */
export const CloseAction = () => {
  const { t } = useTranslation();
  const { isDialog, close } = useDialog();
  if (!isDialog) return null;
  return (
    <DialogActions>
      <Button variant="default" onClick={close}>
        {t("close")}
      </Button>
    </DialogActions>
  );
};
