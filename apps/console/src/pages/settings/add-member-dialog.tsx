import { Button, PasswordInput, Select, Stack, Switch, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useOrganization } from "../../app/organization.ts";
import { Dialog, DialogActions, useDialog } from "../../components/dialog.tsx";
import { ProblemAlert } from "../../components/problem-alert.tsx";
import { tellDone } from "../../components/tell.ts";
import { ORGANIZATION_ROLES, type OrganizationRole } from "./roles.ts";

const EMPTY = { email: "", role: "member" as OrganizationRole, isNew: false, name: "", password: "" };
type Values = typeof EMPTY;

export const AddMemberDialog = ({ onClose }: { onClose: () => void }) => {
  const { t } = useTranslation("settings");
  const form = useForm<Values>({ initialValues: EMPTY });
  return (
    <Dialog title={t("members.add")} onClose={onClose} isDirty={form.isDirty()} size="md">
      <MemberForm form={form} />
    </Dialog>
  );
};

const MemberForm = ({ form }: { form: ReturnType<typeof useForm<Values>> }) => {
  const { t } = useTranslation(["settings", "common"]);
  const { org, client } = useOrganization();
  const { leave, close } = useDialog();
  const queries = useQueryClient();
  const add = useMutation({
    mutationFn: ({ email, role, isNew, name, password }: Values) =>
      client.organizations.setMember({
        email,
        role,
        ...(isNew && { name, ...(password !== "" && { password }) }),
      }),
    onSuccess: async ({ name }) => {
      await queries.invalidateQueries({ queryKey: [org, "members"] });
      tellDone(t("members.added", { name }));
      leave();
    },
  });
  return (
    <form onSubmit={form.onSubmit((values) => add.mutate(values))}>
      <Stack gap="sm">
        {add.error !== null && <ProblemAlert error={add.error} />}
        <TextInput
          label={t("members.email")}
          type="email"
          required
          data-autofocus
          {...form.getInputProps("email")}
        />
        <Select
          label={t("members.role")}
          allowDeselect={false}
          data={ORGANIZATION_ROLES.map((role) => ({ value: role, label: t(`roles.${role}`) }))}
          description={t(`roleHelp.${form.values.role}`)}
          {...form.getInputProps("role")}
        />
        <Switch
          label={t("members.isNew")}
          description={t("members.isNewHelp")}
          {...form.getInputProps("isNew", { type: "checkbox" })}
        />
        {form.values.isNew && (
          <>
            <TextInput label={t("common:name")} required maxLength={100} {...form.getInputProps("name")} />
            <PasswordInput
              label={t("members.password")}
              description={t("members.passwordHelp")}
              autoComplete="new-password"
              {...form.getInputProps("password")}
            />
          </>
        )}
      </Stack>
      <DialogActions>
        <Button variant="default" onClick={close}>
          {t("common:cancel")}
        </Button>
        <Button type="submit" loading={add.isPending}>
          {t("members.add")}
        </Button>
      </DialogActions>
    </form>
  );
};
