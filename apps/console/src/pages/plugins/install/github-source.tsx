import { Button, PasswordInput, Stack, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type ChangeEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { queryClient } from "../../../api/query-client.ts";
import { useOrganization } from "../../../app/organization.ts";
import { ProblemAlert } from "../../../components/problem-alert.tsx";
import type { SourceProps } from "./source.ts";

const EMPTY = { repository: "", version: "", token: "" };

/** A release or a tag of a repository on GitHub. */
export const GithubSource = ({ onChoose }: SourceProps) => {
  const { t } = useTranslation(["install", "common"]);
  const { org, client } = useOrganization();
  const [values, setValues] = useState(EMPTY);
  const field = (name: keyof typeof EMPTY) => ({
    value: values[name],
    onChange: ({ currentTarget: { value } }: ChangeEvent<HTMLInputElement>) =>
      setValues((old) => ({ ...old, [name]: value })),
    spellCheck: false,
  });
  const bring = useMutation({
    mutationFn: () => client.marketplace.import(importOf(values)),
    onSuccess: ({ plugin, version }) => {
      void queryClient.invalidateQueries({ queryKey: [org, "catalog"] });
      onChoose({ plugin, version });
    },
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        bring.mutate();
      }}
    >
      <Stack gap="md">
        {bring.error !== null && <ProblemAlert title={t("github.failed")} error={bring.error} />}
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
        <Button type="submit" w="fit-content" loading={bring.isPending}>
          {t("common:next")}
        </Button>
      </Stack>
    </form>
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
