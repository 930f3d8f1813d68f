import { Alert, Button, Group } from "@mantine/core";
import { useBlocker } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

/** On a page with a form: asks before changes that are not saved are left behind. */
export const LeavingAlert = ({ isDirty }: { isDirty: boolean }) => {
  const { t } = useTranslation();
  const blocker = useBlocker({
    shouldBlockFn: ({ current, next }) => isDirty && current.pathname !== next.pathname,
    enableBeforeUnload: () => isDirty,
    withResolver: true,
  });
  if (blocker.status !== "blocked") return null;
  return (
    <Alert color="orange" role="alertdialog" aria-label={t("notSaved")} title={t("notSaved")}>
      <Group gap="xs">
        <Button size="xs" color="red" autoFocus onClick={() => blocker.proceed()}>
          {t("discard")}
        </Button>
        <Button size="xs" variant="default" onClick={() => blocker.reset()}>
          {t("stay")}
        </Button>
      </Group>
    </Alert>
  );
};
