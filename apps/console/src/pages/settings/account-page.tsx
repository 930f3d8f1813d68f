import { Button, PasswordInput, Stack, Text, Title } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useSuspenseQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { origin } from "../../api/client.ts";
import { meQuery } from "../../api/queries.ts";
import { ProblemAlert } from "../../components/problem-alert.tsx";
import { tellDone } from "../../components/tell.ts";

const EMPTY = { current: "", password: "" };

export const AccountPage = () => {
  const { t } = useTranslation("settings");
  const { data: me } = useSuspenseQuery(meQuery());
  return (
    <Stack gap="xl">
      <Stack gap={4}>
        <Title order={2}>{me.user.name}</Title>
        <Text c="dimmed">{me.user.email}</Text>
      </Stack>
      {me.hasPassword ? <PasswordForm email={me.user.email} /> : <Text>{t("account.none")}</Text>}
    </Stack>
  );
};

const PasswordForm = ({ email }: { email: string }) => {
  const { t } = useTranslation("settings");
  const form = useForm({ initialValues: EMPTY });
  const change = useMutation({
    mutationFn: (values: typeof EMPTY) => origin.auth.changePassword(values),
    onSuccess: () => {
      form.reset();
      tellDone(t("account.changed"));
    },
  });
  return (
    <form onSubmit={form.onSubmit((values) => change.mutate(values))}>
      <Stack gap="sm" maw={400}>
        <Title order={3}>{t("account.password")}</Title>
        <Text c="dimmed">{t("account.passwordText")}</Text>
        {/* So that a password manager knows whose it is. */}
        <input type="email" autoComplete="username" value={email} readOnly hidden />
        {change.error !== null && <ProblemAlert error={change.error} />}
        <PasswordInput
          label={t("account.current")}
          autoComplete="current-password"
          required
          {...form.getInputProps("current")}
        />
        <PasswordInput
          label={t("account.new")}
          description={t("account.newHelp")}
          autoComplete="new-password"
          required
          minLength={8}
          {...form.getInputProps("password")}
        />
        <Button type="submit" w="fit-content" loading={change.isPending}>
          {t("account.change")}
        </Button>
      </Stack>
    </form>
  );
};
