import { Button, Stack, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { queryClient } from "../../../api/query-client.ts";
import { useOrganization } from "../../../app/organization.ts";
import { ProblemAlert } from "../../../components/problem-alert.tsx";
import type { SourceProps } from "./source.ts";

/** A folder on the server's machine. */
export const DirectorySource = ({ onChoose }: SourceProps) => {
  const { t } = useTranslation(["install", "common"]);
  const { org, client } = useOrganization();
  const [directory, setDirectory] = useState("");
  const pack = useMutation({
    mutationFn: () => client.catalog.uploadDirectory(directory.trim()),
    onSuccess: ({ plugin, version }) => {
      void queryClient.invalidateQueries({ queryKey: [org, "catalog"] });
      onChoose({ plugin, version });
    },
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        pack.mutate();
      }}
    >
      <Stack gap="md">
        {pack.error !== null && <ProblemAlert title={t("directory.failed")} error={pack.error} />}
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
        <Button type="submit" w="fit-content" loading={pack.isPending}>
          {t("common:next")}
        </Button>
      </Stack>
    </form>
  );
};
