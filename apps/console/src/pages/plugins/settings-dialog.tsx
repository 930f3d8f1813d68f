import { NativeSelect, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { projectsQuery } from "../../api/queries.ts";
import { useOrganization } from "../../app/organization.ts";
import { Dialog } from "../../components/dialog.tsx";
import { appliesIn } from "./filter-plugins.ts";
import { usePluginRights } from "./rights.ts";
import type { InstalledDialogProps } from "./rollback-dialog.tsx";
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

interface LevelSelectProps extends Pick<InstalledDialogProps, "installation"> {
  readonly level: string | null;
  readonly disabled: boolean;
  readonly onChange: (project: string | null) => void;
}

/** For whom settings are shown: the organization, or a project that the plugin applies to. */
const LevelSelect = ({ installation, level, disabled, onChange }: LevelSelectProps) => {
  const { t } = useTranslation(["plugins", "common"]);
  const { org } = useOrganization();
  const { mayConfigure } = usePluginRights();
  const { data: projects = [] } = useQuery(projectsQuery(org));
  const offered = projects.filter(
    ({ slug }) => appliesIn(installation, slug) && (mayConfigure(slug) || mayConfigure(null)),
  );
  if (offered.length === 0) return null;
  return (
    <NativeSelect
      label={t("settings.level")}
      value={level ?? ""}
      disabled={disabled}
      onChange={({ currentTarget }) => onChange(currentTarget.value === "" ? null : currentTarget.value)}
      data={[
        { value: "", label: t("settings.organization") },
        ...offered.map(({ slug, name }) => ({ value: slug, label: name })),
      ]}
    />
  );
};

export default SettingsDialog;
