import { Stack, Text } from "@mantine/core";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useCallback, useState } from "react";
import { useTranslation } from "react-i18next";
import { InsteadOfDialog } from "../../components/dialog.tsx";
import { LeavingAlert } from "../../components/leaving-alert.tsx";
import { LevelSelect } from "../plugins/settings/level-select.tsx";
import { SettingsForm } from "../plugins/settings/settings-form.tsx";
import { LocalServers } from "./models/local-servers.tsx";
import { TestConnection } from "./models/test-connection.tsx";
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
      {of === undefined && <LocalServers installation={installation} isDirty={isDirty} onUsed={startOver} />}
      <InsteadOfDialog onClose={startOver}>
        <SettingsForm
          key={`${of ?? ""} ${round}`}
          installation={installation}
          project={of ?? null}
          onDirty={setIsDirty}
        />
      </InsteadOfDialog>
      <TestConnection installation={installation} project={of ?? null} isDirty={isDirty} />
      <LeavingAlert isDirty={isDirty} />
    </Stack>
  );
};
