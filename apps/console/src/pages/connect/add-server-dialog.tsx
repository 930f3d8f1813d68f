import { Button, PasswordInput, Stack, TextInput } from "@mantine/core";
import type { McpServerBody } from "@patchbay/protocol";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Dialog, DialogActions, useDialog } from "../../components/dialog.tsx";
import { ProblemAlert } from "../../components/problem-alert.tsx";
import { tellDone } from "../../components/tell.ts";
import { useOrganization } from "../../session/organization.ts";

const NOTHING = { name: "", title: "", url: "", key: "", header: "" };
type Values = typeof NOTHING;

/** Makes a server a plugin. */
export const AddServerDialog = ({ onClose }: { readonly onClose: () => void }) => {
  const { t } = useTranslation("connect");
  const [values, setValues] = useState<Values>(NOTHING);
  return (
    <Dialog title={t("addServer.title")} onClose={onClose} isDirty={values !== NOTHING}>
      <AddForm values={values} onChange={setValues} />
    </Dialog>
  );
};

interface AddFormProps {
  readonly values: Values;
  readonly onChange: (values: Values) => void;
}

const AddForm = ({ values, onChange }: AddFormProps) => {
  const { t } = useTranslation(["connect", "common"]);
  const { close } = useDialog();
  const add = useAdd();
  const field = (name: keyof Values) => ({
    value: values[name],
    onChange: ({ currentTarget }: { readonly currentTarget: { readonly value: string } }) =>
      onChange({ ...values, [name]: currentTarget.value }),
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        add.mutate(bodyOf(values));
      }}
    >
      <Stack gap="sm">
        {add.error !== null && <ProblemAlert title={t("addServer.failed")} error={add.error} />}
        <TextInput
          label={t("addServer.address")}
          description={t("addServer.addressHelp")}
          type="url"
          maxLength={2_048}
          required
          {...field("url")}
        />
        <TextInput
          label={t("addServer.short")}
          description={t("addServer.shortHelp", { name: values.name || t("addServer.name") })}
          maxLength={40}
          pattern="[a-z0-9][a-z0-9\-]*"
          required
          {...field("name")}
        />
        <TextInput
          label={t("addServer.serverTitle")}
          description={t("common:optional")}
          maxLength={60}
          {...field("title")}
        />
        <PasswordInput
          label={t("addServer.key")}
          description={t("addServer.keyHelp")}
          autoComplete="off"
          maxLength={8_192}
          {...field("key")}
        />
        <TextInput
          label={t("addServer.header")}
          description={t("addServer.headerHelp")}
          placeholder="authorization"
          maxLength={64}
          pattern="[A-Za-z0-9\-]+"
          {...field("header")}
        />
      </Stack>
      <DialogActions>
        <Button variant="default" onClick={close}>
          {t("common:cancel")}
        </Button>
        <Button type="submit" loading={add.isPending}>
          {t("addServer.action")}
        </Button>
      </DialogActions>
    </form>
  );
};

const bodyOf = ({ name, title, url, key, header }: Values): McpServerBody => ({
  name: name.trim(),
  url: url.trim(),
  ...(title.trim() !== "" && { title: title.trim() }),
  ...(key !== "" && { key }),
  ...(header.trim() !== "" && { header: { name: header.trim() } }),
});

const useAdd = () => {
  const { t } = useTranslation("connect");
  const { org, client } = useOrganization();
  const { leave } = useDialog();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: McpServerBody) => client.mcpServers.add(body),
    onSuccess: () => {
      leave();
      tellDone(t("addServer.done"));
    },
    onSettled: () => queries.invalidateQueries({ queryKey: [org, "plugins"] }),
  });
};
