import { Button, Code, Group, NativeSelect, Stack, Text, Title } from "@mantine/core";
import type { EndpointDto } from "@patchbay/protocol";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { Dialog, DialogActions, useDialog } from "../../components/dialog.tsx";
import { useFormats } from "../../components/formats.ts";
import { PlainList, PlainListEntry } from "../../components/plain-list.tsx";
import { ProblemAlert } from "../../components/problem-alert.tsx";
import { useOrganization } from "../../session/organization.ts";
import { MadeSecret } from "./made-secret.tsx";

/** For how long the secrets before a new one may hold, in seconds. */
const KEPT = { now: 0, hour: 3_600, day: 86_400, week: 604_800 } as const;
const KEPT_NAMES = ["now", "hour", "day", "week"] as const;

interface EndpointProps {
  readonly endpoint: EndpointDto;
}

/** What opens the endpoint: several while one takes the place of another. */
export const EndpointSecrets = ({ endpoint }: EndpointProps) => {
  const { t } = useTranslation("endpoints");
  const formats = useFormats();
  const heading = useId();
  const [isMaking, setIsMaking] = useState(false);
  const kind = endpoint.authentication === "key" ? "key" : "signature";
  return (
    <Stack gap="sm" role="group" aria-labelledby={heading}>
      <Group justify="space-between">
        <Title order={3} id={heading}>
          {t(`secrets.title.${kind}`)}
        </Title>
        <Button variant="default" size="xs" onClick={() => setIsMaking(true)}>
          {t("secrets.new")}
        </Button>
      </Group>
      <PlainList>
        {endpoint.secrets.map(({ id, hint, createdAt, expiresAt }) => (
          <PlainListEntry key={id}>
            <Group gap="sm">
              <Code>{`${hint}…`}</Code>
              <Text size="sm" c="dimmed" title={formats.dateTime(createdAt)}>
                {t("secrets.createdAt", { when: formats.ago(createdAt) })}
              </Text>
              <Text size="sm">
                {expiresAt === undefined
                  ? t("secrets.holds")
                  : t("secrets.until", { when: formats.dateTime(expiresAt) })}
              </Text>
            </Group>
          </PlainListEntry>
        ))}
      </PlainList>
      {isMaking && <NewSecretDialog endpoint={endpoint} onClose={() => setIsMaking(false)} />}
    </Stack>
  );
};

const NewSecretDialog = ({ endpoint, onClose }: EndpointProps & { readonly onClose: () => void }) => {
  const { t } = useTranslation("endpoints");
  const [secret, setSecret] = useState<string | null>(null);
  return (
    <Dialog title={t("secrets.new")} onClose={onClose} size="md">
      {secret === null ? (
        <NewSecretForm endpoint={endpoint} onMade={setSecret} />
      ) : (
        <MadeSecret secret={secret} />
      )}
    </Dialog>
  );
};

interface NewSecretFormProps extends EndpointProps {
  readonly onMade: (secret: string) => void;
}

const NewSecretForm = ({ endpoint, onMade }: NewSecretFormProps) => {
  const { t } = useTranslation(["endpoints", "common"]);
  const { org, client } = useOrganization();
  const { close } = useDialog();
  const queries = useQueryClient();
  const [kept, setKept] = useState<keyof typeof KEPT>("day");
  const make = useMutation({
    mutationFn: () => client.endpoints.rotate(endpoint.id, { of: "secret", keptSeconds: KEPT[kept] }),
    onSuccess: async ({ secret }) => {
      if (secret !== undefined) onMade(secret);
      await queries.invalidateQueries({ queryKey: [org, "endpoints"] });
    },
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        make.mutate();
      }}
    >
      <Stack gap="sm">
        {make.error !== null && <ProblemAlert error={make.error} />}
        <NativeSelect
          label={t("secrets.keep")}
          description={t("secrets.keepHelp")}
          value={kept}
          onChange={({ currentTarget }) =>
            setKept(KEPT_NAMES.find((one) => one === currentTarget.value) ?? "day")
          }
          data={KEPT_NAMES.map((one) => ({ value: one, label: t(`secrets.kept.${one}`) }))}
        />
      </Stack>
      <DialogActions>
        <Button variant="default" onClick={close}>
          {t("common:cancel")}
        </Button>
        <Button type="submit" loading={make.isPending}>
          {t("secrets.action")}
        </Button>
      </DialogActions>
    </form>
  );
};
