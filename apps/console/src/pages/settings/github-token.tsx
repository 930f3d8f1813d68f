import { Button, Group, PasswordInput, Stack, Text, Title } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { sourcesQuery } from "../../api/marketplace-queries.ts";
import { ConfirmDialog } from "../../components/confirm-dialog.tsx";
import { ProblemAlert } from "../../components/problem-alert.tsx";
import { tellDone } from "../../components/tell.ts";
import { useOrganization } from "../../session/organization.ts";

const MAX_TOKEN = 1_000;

/** Keeps or removes the token for GitHub, which nobody is shown. */
export const GithubToken = ({ hasToken }: { hasToken: boolean }) => {
  const { t } = useTranslation("sources");
  const { may } = useOrganization();
  return (
    <section>
      <Title order={2}>{t("github.title")}</Title>
      <Text size="sm" c="dimmed" maw={640} mb="xs">
        {t("github.help")}
      </Text>
      <Stack gap="sm" maw={480}>
        <Text role="status">{t(hasToken ? "github.has" : "github.hasNot")}</Text>
        {may("org.members.write") ? (
          <TokenForm hasToken={hasToken} />
        ) : (
          <Text size="sm">{t("github.readOnly")}</Text>
        )}
      </Stack>
    </section>
  );
};

const TokenForm = ({ hasToken }: { hasToken: boolean }) => {
  const { t } = useTranslation("sources");
  const { org, client } = useOrganization();
  const queries = useQueryClient();
  const [token, setToken] = useState("");
  const [isRemoving, setIsRemoving] = useState(false);
  const refresh = () => queries.invalidateQueries({ queryKey: sourcesQuery(org).queryKey });
  const keep = useMutation({
    mutationFn: () => client.marketplace.putGithubToken(token.trim()),
    onSuccess: async () => {
      setToken("");
      tellDone(t("github.saved"));
      await refresh();
    },
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        keep.mutate();
      }}
    >
      <Stack gap="sm">
        {keep.error !== null && <ProblemAlert title={t("github.notSaved")} error={keep.error} />}
        <PasswordInput
          label={t("github.label")}
          autoComplete="off"
          spellCheck={false}
          maxLength={MAX_TOKEN}
          value={token}
          onChange={({ currentTarget }) => setToken(currentTarget.value)}
        />
        <Group gap="xs">
          <Button type="submit" disabled={token.trim() === ""} loading={keep.isPending}>
            {t(hasToken ? "github.replace" : "github.save")}
          </Button>
          {hasToken && (
            <Button variant="default" onClick={() => setIsRemoving(true)}>
              {t("github.remove")}
            </Button>
          )}
        </Group>
      </Stack>
      {isRemoving && (
        <ConfirmDialog
          title={t("github.remove")}
          action={t("github.remove")}
          onClose={() => setIsRemoving(false)}
          onConfirm={async () => {
            await client.marketplace.removeGithubToken();
            await refresh();
            tellDone(t("github.removed"));
          }}
        >
          {t("github.removeText")}
        </ConfirmDialog>
      )}
    </form>
  );
};
