import { Button, Divider, PasswordInput, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { ERROR_CODES, isErrorCode, PatchbayError } from "@patchbay/protocol";
import { useMutation, useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { origin } from "../../api/client.ts";
import { providersQuery } from "../../api/queries.ts";
import { queryClient } from "../../api/query-client.ts";
import { CenteredPage } from "../../components/centered-page.tsx";
import { ProblemAlert } from "../../components/problem-alert.tsx";

const route = getRouteApi("/sign-in");

/** Only a path of this console: a link to the sign-in page must not lead to another site. */
const localPath = (path: string | undefined): string =>
  path !== undefined && /^\/(?![/\\])/.test(path) ? path : "/";

/** What a sign-in through a provider came back with, in the words of the API. */
const problemOf = (code: string): PatchbayError => {
  const known = isErrorCode(code) ? code : "internal";
  const [, meaning, remedy] = ERROR_CODES[known];
  return new PatchbayError(known, meaning, { facts: { remedy } });
};

export const SignInPage = () => {
  const { t } = useTranslation("people");
  const { returnTo, error } = route.useSearch();
  const target = localPath(returnTo);
  const { data: providers } = useQuery(providersQuery());
  return (
    <CenteredPage title={t("signIn.title")}>
      {error !== undefined && <ProblemAlert title={t("signIn.failed")} error={problemOf(error)} />}
      {providers?.items.map(({ id, name }) => (
        <Button key={id} component="a" variant="default" href={origin.auth.oidcUrl(target)}>
          {t("signIn.with", { name })}
        </Button>
      ))}
      {providers !== undefined && providers.items.length > 0 && <Divider label={t("signIn.or")} />}
      <PasswordForm target={target} />
    </CenteredPage>
  );
};

const PasswordForm = ({ target }: { target: string }) => {
  const { t } = useTranslation("people");
  const navigate = useNavigate();
  const form = useForm({ initialValues: { email: "", password: "" } });
  const signIn = useMutation({
    mutationFn: origin.auth.signIn.bind(origin.auth),
    onSuccess: async () => {
      queryClient.clear();
      await navigate({ href: target });
    },
  });
  return (
    <form onSubmit={form.onSubmit((values) => signIn.mutate(values))}>
      <Stack gap="sm">
        {signIn.error !== null && <ProblemAlert error={signIn.error} title={t("signIn.failed")} />}
        <TextInput
          label={t("signIn.email")}
          type="email"
          autoComplete="username"
          required
          autoFocus
          {...form.getInputProps("email")}
        />
        <PasswordInput
          label={t("signIn.password")}
          autoComplete="current-password"
          required
          {...form.getInputProps("password")}
        />
        <Button type="submit" loading={signIn.isPending}>
          {t("signIn.submit")}
        </Button>
      </Stack>
    </form>
  );
};
