import { Button, Group, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemAlert } from "../../components/problem-alert.tsx";
import { tellDone } from "../../components/tell.ts";

/** Changes the name of a thing; what addresses hold of it stays. */
export const RenameForm = ({
  name,
  onRename,
}: {
  name: string;
  onRename: (name: string) => Promise<void>;
}) => {
  const { t } = useTranslation(["settings", "common"]);
  const [value, setValue] = useState(name);
  const rename = useMutation({ mutationFn: onRename, onSuccess: () => tellDone(t("renamed")) });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        rename.mutate(value);
      }}
    >
      {rename.error !== null && <ProblemAlert error={rename.error} />}
      <Group align="flex-end" gap="sm">
        <TextInput
          label={t("common:name")}
          required
          maxLength={100}
          value={value}
          onChange={(event) => setValue(event.currentTarget.value)}
        />
        <Button type="submit" variant="default" disabled={value === name} loading={rename.isPending}>
          {t("common:save")}
        </Button>
      </Group>
    </form>
  );
};
