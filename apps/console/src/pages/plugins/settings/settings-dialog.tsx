import { Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Dialog } from "../../../components/dialog.tsx";
import { useOrganization } from "../../../session/organization.ts";
import { appliesIn } from "../filter-plugins.ts";
import type { InstalledDialogProps } from "../rollback-dialog.tsx";
import { LevelSelect } from "./level-select.tsx";
import { SettingsForm } from "./settings-form.tsx";

/** Settings of the organization or of one project, in a dialog. */
const SettingsDialog = ({ installation, onClose }: InstalledDialogProps) => {
  const { t } = useTranslation("plugins");
  const { project } = useOrganization();
  const [level, setLevel] = useState<string | null>(
    project !== undefined && appliesIn(installation, project) ? project : null,
  );
  const [isDirty, setIsDirty] = useState(false);
  return (
    <Dialog
      title={t("settings.title", { name: installation.name })}
      onClose={onClose}
      isDirty={isDirty}
      size="lg"
    >
      <Stack gap="md">
        <LevelSelect
          installation={installation}
          level={level}
          onChange={setLevel}
          // What has been entered belongs to the level that is shown.
          disabled={isDirty}
        />
        {installation.hasSettings ? (
          <SettingsForm key={level ?? ""} installation={installation} project={level} onDirty={setIsDirty} />
        ) : (
          <Text>{t("settings.none")}</Text>
        )}
      </Stack>
    </Dialog>
  );
};

export default SettingsDialog;
