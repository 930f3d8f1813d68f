import { Alert, Button, Code, Group, Stack } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { CopyButton } from "../../components/copy-button.tsx";
import { DialogActions, useDialog } from "../../components/dialog.tsx";

/** A key, or what messages are signed with: shown this once. */
export const MadeSecret = ({ secret }: { readonly secret: string }) => {
  const { t } = useTranslation(["endpoints", "common"]);
  const { leave } = useDialog();
  return (
    <Stack gap="sm">
      <Alert color="teal" role="status" title={t("secrets.made")}>
        {t("secrets.madeText")}
      </Alert>
      <Group gap="xs">
        <Code style={{ overflowWrap: "anywhere" }}>{secret}</Code>
        <CopyButton value={secret} label={t("secrets.copy")} size="compact-sm" />
      </Group>
      <DialogActions>
        <Button onClick={leave}>{t("common:close")}</Button>
      </DialogActions>
    </Stack>
  );
};
