import { Alert, Button, PasswordInput, Stack, Text } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation } from "@tanstack/react-query";
import { useNavigate, useRouterState } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { origin } from "../../api/client.ts";
import { queryClient } from "../../api/query-client.ts";
import { CenteredPage } from "../../components/centered-page.tsx";
import { ProblemAlert } from "../../components/problem-alert.tsx";

/** Behind the link that an administrator hands over. Its token stays in the address's fragment, which browsers do not send. */
export const PasswordPage = () => {
  const { t } = useTranslation("people");
  const token = useRouterState({ select: ({ location }) => location.hash });
  return (
    <CenteredPage title={t("password.title")}>
      {token === "" ? (
        <Alert color="orange">{t("password.noToken")}</Alert>
      ) : (
        <>
          <Text>{t("password.text")}</Text>
          <PasswordForm token={token} />
        </>
      )}
    </CenteredPage>
  );
};

const PasswordForm = ({ token }: { token: string }) => {
  const { t } = useTranslation("people");
  const navigate = useNavigate();
  const form = useForm({ initialValues: { password: "" } });
  const set = useMutation({
    mutationFn: origin.auth.setPassword.bind(origin.auth),
    onSuccess: async () => {
      queryClient.clear();
      await navigate({ to: "/", replace: true });
    },
  });
  return (
    <form onSubmit={form.onSubmit(({ password }) => set.mutate({ password, token }))}>
      <Stack gap="sm">
        {set.error !== null && <ProblemAlert error={set.error} />}
        <PasswordInput
          label={t("password.password")}
          description={t("password.passwordHelp")}
          autoComplete="new-password"
          required
          minLength={8}
          autoFocus
          {...form.getInputProps("password")}
        />
        <Button type="submit" loading={set.isPending}>
          {t("password.submit")}
        </Button>
      </Stack>
    </form>
  );
};
