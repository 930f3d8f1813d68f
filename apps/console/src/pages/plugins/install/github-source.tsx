import { PasswordInput, TextInput } from "@mantine/core";
import { type ChangeEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useOrganization } from "../../../session/organization.ts";
import type { SourceProps } from "./source.ts";
import { SourceForm } from "./source-form.tsx";

const EMPTY = { repository: "", version: "", token: "" };

/** A release or a tag of a repository on GitHub. */
export const GithubSource = ({ onChoose }: SourceProps) => {
  const { t } = useTranslation("install");
  const { client } = useOrganization();
  const [values, setValues] = useState(EMPTY);
  const field = (name: keyof typeof EMPTY) => ({
    value: values[name],
    onChange: ({ currentTarget: { value } }: ChangeEvent<HTMLInputElement>) =>
      setValues((old) => ({ ...old, [name]: value })),
    spellCheck: false,
  });
  const bring = () => client.marketplace.import(importOf(values));
  return (
    <SourceForm bring={bring} failed={t("github.failed")} onChoose={onChoose}>
      <TextInput
        label={t("github.repository")}
        description={t("github.repositoryHelp")}
        placeholder="acme/weather"
        maxLength={200}
        required
        autoComplete="off"
        data-autofocus
        {...field("repository")}
      />
      <TextInput
        label={t("github.version")}
        description={t("github.versionHelp")}
        placeholder="1.2.0"
        required
        autoComplete="off"
        {...field("version")}
      />
      <PasswordInput
        label={t("github.token")}
        description={t("github.tokenHelp")}
        autoComplete="off"
        {...field("token")}
      />
    </SourceForm>
  );
};

/** People paste addresses, and write tags as they are: with a v. */
const importOf = ({ repository, version, token }: typeof EMPTY) => ({
  source: "github" as const,
  repository: repository
    .trim()
    .replace(/^https?:\/\/[^/]+\//, "")
    .replace(/(?:\.git)?\/?$/, ""),
  version: version.trim().replace(/^v(?=\d)/, ""),
  ...(token.trim() !== "" && { token: token.trim() }),
});
