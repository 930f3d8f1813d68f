import { NativeSelect } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { projectsQuery } from "../../../api/queries.ts";
import { useOrganization } from "../../../session/organization.ts";
import { appliesIn } from "../filter-plugins.ts";
import { usePluginRights } from "../rights.ts";
import type { InstalledDialogProps } from "../rollback-dialog.tsx";

export interface LevelSelectProps extends Pick<InstalledDialogProps, "installation"> {
  readonly level: string | null;
  readonly disabled: boolean;
  readonly onChange: (project: string | null) => void;
}

/** For whom settings are shown: the organization, or a project that the plugin applies to. */
export const LevelSelect = ({ installation, level, disabled, onChange }: LevelSelectProps) => {
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
