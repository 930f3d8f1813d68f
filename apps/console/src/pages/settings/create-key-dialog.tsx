import { Alert, Button, Checkbox, Code, Group, Select, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import type { NewApiKeyDto } from "@patchbay/protocol";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { CopyButton } from "../../components/copy-button.tsx";
import { Dialog, DialogActions, useDialog } from "../../components/dialog.tsx";
import { ProblemAlert } from "../../components/problem-alert.tsx";
import { useOrganization } from "../../session/organization.ts";
import { KEY_RIGHTS } from "./roles.ts";

const LIFETIMES_DAYS = [30, 90, 365] as const;
const DAY_MS = 24 * 60 * 60 * 1000;
const FOREVER = "0";

interface Values {
  name: string;
  rights: string[];
  days: string;
}

/** Makes a key, then shows it: this once. */
export const CreateKeyDialog = ({ onClose }: { onClose: () => void }) => {
  const { t } = useTranslation("settings");
  const [key, setKey] = useState<NewApiKeyDto | null>(null);
  const form = useForm<Values>({
    initialValues: { name: "", rights: ["org.plugins.read", "org.plugins.use"], days: "90" },
  });
  return (
    <Dialog title={t("keys.create")} onClose={onClose} isDirty={key === null && form.isDirty()} size="md">
      {key === null ? <KeyForm form={form} onMade={setKey} /> : <MadeKey made={key} />}
    </Dialog>
  );
};

interface KeyFormProps {
  readonly form: ReturnType<typeof useForm<Values>>;
  readonly onMade: (key: NewApiKeyDto) => void;
}

const KeyForm = ({ form, onMade }: KeyFormProps) => {
  const { t } = useTranslation(["settings", "common"]);
  const { org, client, maySomewhere } = useOrganization();
  const { close } = useDialog();
  const queries = useQueryClient();
  const create = useMutation({
    mutationFn: ({ name, rights, days }: Values) =>
      client.organizations.createApiKey({
        name,
        rights,
        ...(days !== FOREVER && { expiresAt: new Date(Date.now() + Number(days) * DAY_MS).toISOString() }),
      }),
    onSuccess: async (made) => {
      onMade(made);
      await queries.invalidateQueries({ queryKey: [org, "keys"] });
    },
  });
  return (
    <form onSubmit={form.onSubmit((values) => create.mutate(values))}>
      <Stack gap="sm">
        {create.error !== null && <ProblemAlert error={create.error} />}
        <TextInput
          label={t("common:name")}
          description={t("keys.nameHelp")}
          required
          maxLength={100}
          data-autofocus
          {...form.getInputProps("name")}
        />
        <Checkbox.Group label={t("keys.rights")} {...form.getInputProps("rights")}>
          <Stack gap="xs" mt="xs">
            {KEY_RIGHTS.filter(maySomewhere).map((right) => (
              <Checkbox key={right} value={right} label={t(`rights.${right}`)} description={right} />
            ))}
          </Stack>
        </Checkbox.Group>
        <Select
          label={t("keys.expires")}
          allowDeselect={false}
          data={[
            ...LIFETIMES_DAYS.map((days) => ({
              value: String(days),
              label: t("keys.inDays", { count: days }),
            })),
            { value: FOREVER, label: t("keys.doesNotExpire") },
          ]}
          {...form.getInputProps("days")}
        />
      </Stack>
      <DialogActions>
        <Button variant="default" onClick={close}>
          {t("common:cancel")}
        </Button>
        <Button type="submit" loading={create.isPending} disabled={form.values.rights.length === 0}>
          {t("keys.create")}
        </Button>
      </DialogActions>
    </form>
  );
};

const MadeKey = ({ made: { name, token } }: { made: NewApiKeyDto }) => {
  const { t } = useTranslation(["settings", "common"]);
  const { leave } = useDialog();
  return (
    <Stack gap="sm">
      <Alert color="teal" role="status" title={t("keys.made", { name })}>
        {t("keys.madeText")}
      </Alert>
      <Group gap="xs">
        <Code style={{ overflowWrap: "anywhere" }}>{token}</Code>
        <CopyButton value={token} label={t("common:copy")} size="compact-sm" />
      </Group>
      <DialogActions>
        <Button onClick={leave}>{t("common:close")}</Button>
      </DialogActions>
    </Stack>
  );
};
