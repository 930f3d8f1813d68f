import { Divider, Stack, Switch, Text } from "@mantine/core";
import type { FieldError } from "@patchbay/protocol";
import { isJsonObject } from "@patchbay/protocol";
import { useTranslation } from "react-i18next";
import { SchemaForm } from "../../../components/schema-form/schema-form.tsx";
import type { Candidate } from "../candidate.ts";
import type { InstallDraft } from "./install-draft.ts";

export interface SettingsStepProps {
  readonly target: Candidate;
  readonly draft: InstallDraft;
  readonly errors: readonly FieldError[];
  readonly onChange: (part: Partial<InstallDraft>) => void;
}

/** Its settings, and whether it starts at once. */
export const SettingsStep = ({ target, draft, errors, onChange }: SettingsStepProps) => {
  const { t } = useTranslation("install");
  const schema: unknown = target.manifest.settings;
  const hasSettings =
    isJsonObject(schema) && isJsonObject(schema.properties) && Object.keys(schema.properties).length > 0;
  return (
    <Stack gap="md">
      {hasSettings ? (
        <SchemaForm
          schema={schema}
          value={draft.settings}
          onChange={(settings) => onChange({ settings })}
          errors={errors}
        />
      ) : (
        <Text>{t("settings.none")}</Text>
      )}
      <Divider />
      <Switch
        label={t("settings.enable")}
        description={t("settings.enableHelp")}
        checked={draft.isEnabling}
        onChange={({ currentTarget }) => onChange({ isEnabling: currentTarget.checked })}
      />
    </Stack>
  );
};
