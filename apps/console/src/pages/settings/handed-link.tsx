import { Alert, Button, Code, Group, Stack } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { CopyButton } from "../../components/copy-button.tsx";
import { Dialog, DialogActions, useDialog } from "../../components/dialog.tsx";

/** A link that is shown this once, to be handed to somebody. */
export const HandedLink = ({ name, url, text }: { name: string; url: string; text: string }) => {
  const { t } = useTranslation(["settings", "common"]);
  const { leave } = useDialog();
  return (
    <Stack gap="sm">
      <Alert color="teal" role="status" title={t("members.passwordLink", { name })}>
        {text}
      </Alert>
      <Group gap="xs">
        <Code style={{ overflowWrap: "anywhere" }}>{url}</Code>
        <CopyButton value={url} label={t("common:copy")} size="compact-sm" />
      </Group>
      <DialogActions>
        <Button onClick={leave}>{t("common:close")}</Button>
      </DialogActions>
    </Stack>
  );
};

/** With which a member sets another password. */
export const PasswordLinkDialog = ({
  name,
  url,
  onClose,
}: {
  name: string;
  url: string;
  onClose: () => void;
}) => {
  const { t } = useTranslation("settings");
  return (
    <Dialog title={t("members.resetOne", { name })} onClose={onClose} isDirty={false} size="md">
      <HandedLink name={name} url={url} text={t("members.passwordLinkText")} />
    </Dialog>
  );
};
