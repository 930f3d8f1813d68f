import { TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useOrganization } from "../../../session/organization.ts";
import type { SourceProps } from "./source.ts";
import { SourceForm } from "./source-form.tsx";

/** A folder on the server's machine. */
export const DirectorySource = ({ onChoose }: SourceProps) => {
  const { t } = useTranslation("install");
  const { client } = useOrganization();
  const [directory, setDirectory] = useState("");
  const pack = () => client.catalog.uploadDirectory(directory.trim());
  return (
    <SourceForm bring={pack} failed={t("directory.failed")} onChoose={onChoose}>
      <TextInput
        label={t("directory.label")}
        description={t("directory.help")}
        placeholder="/srv/plugins/weather"
        value={directory}
        onChange={({ currentTarget }) => setDirectory(currentTarget.value)}
        required
        spellCheck={false}
        autoComplete="off"
        data-autofocus
      />
    </SourceForm>
  );
};
