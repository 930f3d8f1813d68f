import { Button, Divider, PasswordInput, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import type { SessionDto } from "@patchbay/protocol";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { origin } from "../../api/client.ts";
import { providersQuery } from "../../api/queries.ts";
import { ProblemAlert } from "../../components/problem-alert.tsx";

export interface SignInFormProps {
  /** Where a provider leads back to: a path of this console. */
  readonly target: string;
  /** What the form begins with. */
  readonly email?: string;
  /** Providers are asked in another tab, so that this page stays. */
  readonly opensElsewhere?: boolean;
  readonly onSignedIn: (session: SessionDto) => Promise<void>;
}

/** All ways to sign in. */
export const SignInForm = ({ target, email = "", opensElsewhere = false, onSignedIn }: SignInFormProps) => {
  const { t } = useTranslation("people");
  const { data: providers } = useQuery(providersQuery());
  const form = useForm({ initialValues: { email, password: "" } });
  const signIn = useMutation({
    mutationFn: origin.auth.signIn.bind(origin.auth),
    onSuccess: onSignedIn,
  });
  return (
    <Stack gap="md">
      {providers?.items.map(({ id, name }) => (
        <Button
          key={id}
          component="a"
          variant="default"
          href={origin.auth.oidcUrl(target)}
          {...(opensElsewhere && { target: "_blank", rel: "noreferrer" })}
        >
          {t("signIn.with", { name })}
        </Button>
      ))}
      {providers !== undefined && providers.items.length > 0 && <Divider label={t("signIn.or")} />}
      <form onSubmit={form.onSubmit((values) => signIn.mutate(values))}>
        <Stack gap="sm">
          {signIn.error !== null && <ProblemAlert error={signIn.error} title={t("signIn.failed")} />}
          <TextInput
            label={t("signIn.email")}
            type="email"
            autoComplete="username"
            required
            autoFocus={email === ""}
            {...form.getInputProps("email")}
          />
          <PasswordInput
            label={t("signIn.password")}
            autoComplete="current-password"
            required
            autoFocus={email !== ""}
            {...form.getInputProps("password")}
          />
          <Button type="submit" loading={signIn.isPending}>
            {t("signIn.submit")}
          </Button>
        </Stack>
      </form>
    </Stack>
  );
};
