import { Button, Stack, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useNavigate, useRouterState } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { origin } from "../../api/client.ts";
import { queryClient } from "../../api/query-client.ts";
import { CenteredPage } from "../../components/centered-page.tsx";
import { ProblemAlert } from "../../components/problem-alert.tsx";

/** Behind the link by which somebody with an account comes into another organization. */
export const JoinPage = () => {
  const { t } = useTranslation("people");
  const token = useRouterState({ select: ({ location }) => location.hash });
  const navigate = useNavigate();
  const join = useMutation({
    mutationFn: () => origin.auth.join({ token }),
    onSuccess: async ({ organization }) => {
      queryClient.clear();
      await navigate({ to: "/o/$org/plugins", params: { org: organization }, replace: true });
    },
  });
  return (
    <CenteredPage title={t("join.title")}>
      <Stack gap="sm">
        {join.error !== null && <ProblemAlert error={join.error} />}
        <Text>{t("join.text")}</Text>
        <Button onClick={() => join.mutate()} loading={join.isPending}>
          {t("join.submit")}
        </Button>
      </Stack>
    </CenteredPage>
  );
};
