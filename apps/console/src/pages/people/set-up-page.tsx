import { Alert, Button, PasswordInput, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation } from "@tanstack/react-query";
import { useNavigate, useRouterState } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { origin } from "../../api/client.ts";
import { queryClient } from "../../api/query-client.ts";
import { CenteredPage } from "../../components/centered-page.tsx";
import { ProblemAlert } from "../../components/problem-alert.tsx";

/** Behind the one-time link. Its token stays in the address's fragment, which browsers do not send. */
export const SetUpPage = () => {
  const { t } = useTranslation("people");
  const token = useRouterState({ select: ({ location }) => location.hash });
  return (
    <CenteredPage title={t("setUp.title")}>
      {token === "" ? (
        <Alert color="orange">{t("setUp.noToken")}</Alert>
      ) : (
        <>
          <Text>{t("setUp.text")}</Text>
          <FirstAdministratorForm token={token} />
        </>
      )}
    </CenteredPage>
  );
};

const FirstAdministratorForm = ({ token }: { token: string }) => {
  const { t } = useTranslation("people");
  const navigate = useNavigate();
  const form = useForm({ initialValues: { name: "", email: "", password: "" } });
  const setUp = useMutation({
    mutationFn: origin.auth.setUp.bind(origin.auth),
    onSuccess: async () => {
      queryClient.clear();
      await navigate({ to: "/", replace: true });
    },
  });
  return (
    <form onSubmit={form.onSubmit((values) => setUp.mutate({ ...values, token }))}>
      <Stack gap="sm">
        {setUp.error !== null && <ProblemAlert error={setUp.error} />}
        <TextInput
          label={t("setUp.name")}
          autoComplete="name"
          required
          maxLength={100}
          autoFocus
          {...form.getInputProps("name")}
        />
        <TextInput
          label={t("setUp.email")}
          type="email"
          autoComplete="username"
          required
          {...form.getInputProps("email")}
        />
        <PasswordInput
          label={t("setUp.password")}
          description={t("setUp.passwordHelp")}
          autoComplete="new-password"
          required
          minLength={8}
          {...form.getInputProps("password")}
        />
        <Button type="submit" loading={setUp.isPending}>
          {t("setUp.submit")}
        </Button>
      </Stack>
    </form>
  );
};
