import { Alert, Button, Select, Stack, Switch, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Dialog, DialogActions, useDialog } from "../../components/dialog.tsx";
import { ProblemAlert } from "../../components/problem-alert.tsx";
import { tellDone } from "../../components/tell.ts";
import { useOrganization } from "../../session/organization.ts";
import { HandedLink } from "./handed-link.tsx";
import { ORGANIZATION_ROLES, type OrganizationRole } from "./roles.ts";

const EMPTY = { email: "", role: "member" as OrganizationRole, isNew: false, name: "" };
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
    mutationFn: ({ email, role, isNew, name }: Values) =>
      client.organizations.setMember({ email, role, ...(isNew && { name }) }),
    onSuccess: async ({ name, passwordLink, invitation, notTaken }) => {
      await queries.invalidateQueries({ queryKey: [org, "members"] });
      if (invitation === undefined) tellDone(t("members.added", { name }));
      if (passwordLink === undefined && invitation === undefined && notTaken === undefined) leave();
    },
  });
  const { passwordLink, invitation, notTaken, name } = add.data ?? {};
  const link = passwordLink ?? invitation;
  if (link !== undefined && name !== undefined) {
    const text = t(passwordLink === undefined ? "members.invitationText" : "members.passwordLinkText");
    return <HandedLink name={name} url={link.url} text={text} />;
  }
  if (notTaken !== undefined) return <Known />;
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
          <TextInput label={t("common:name")} required maxLength={100} {...form.getInputProps("name")} />
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

/** They are a member now, under the name that they have. */
const Known = () => {
  const { t } = useTranslation(["settings", "common"]);
  const { leave } = useDialog();
  return (
    <>
      <Alert color="teal" role="status">
        {t("members.notTaken")}
      </Alert>
      <DialogActions>
        <Button onClick={leave}>{t("common:close")}</Button>
      </DialogActions>
    </>
  );
};
