import { Alert, Button, Group, Stack, Text } from "@mantine/core";
import { getRouteApi, useBlocker, useNavigate } from "@tanstack/react-router";
import { useCallback, useState } from "react";
import { useTranslation } from "react-i18next";
import { InsteadOfDialog } from "../../components/dialog.tsx";
import { LevelSelect } from "../plugins/level-select.tsx";
import { SettingsForm } from "../plugins/settings-form.tsx";
import { usePlugin } from "./use-plugin.ts";

const route = getRouteApi("/o/$org/plugins/$plugin/settings");

/** The same form as in the dialog, on a page. */
export const SettingsTab = () => {
  const { t } = useTranslation("plugins");
  const installation = usePlugin();
  const { of } = route.useSearch();
  const navigate = useNavigate();
  const [isDirty, setIsDirty] = useState(false);
  // Another round draws the form anew, from what is on the server.
  const [round, setRound] = useState(0);
  const startOver = useCallback(() => setRound((old) => old + 1), []);
  if (!installation.hasSettings) return <Text>{t("settings.none")}</Text>;
  return (
    <Stack gap="md" maw={720}>
      <LevelSelect
        installation={installation}
        level={of ?? null}
        disabled={isDirty}
        onChange={(project) =>
          void navigate({
            to: ".",
            search: (old) => ({ ...old, of: project ?? undefined }),
            resetScroll: false,
          })
        }
      />
      <InsteadOfDialog onClose={startOver}>
        <SettingsForm
          key={`${of ?? ""} ${round}`}
          installation={installation}
          project={of ?? null}
          onDirty={setIsDirty}
        />
      </InsteadOfDialog>
      <LeavingAlert isDirty={isDirty} />
    </Stack>
  );
};

/** Asks before changes that are not saved are left behind. */
const LeavingAlert = ({ isDirty }: { isDirty: boolean }) => {
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
