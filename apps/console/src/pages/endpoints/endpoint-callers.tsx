import { Button, Group, Stack, Text, Title } from "@mantine/core";
import type { Revised } from "@patchbay/api-client";
import type { EndpointDto } from "@patchbay/protocol";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { Dialog, DialogActions, useDialog } from "../../components/dialog.tsx";
import { ProblemAlert } from "../../components/problem-alert.tsx";
import { tellDone } from "../../components/tell.ts";
import { useOrganization } from "../../session/organization.ts";
import { AuthenticationField } from "./authentication-field.tsx";
import { EndpointSecrets } from "./endpoint-secrets.tsx";
import { MadeSecret } from "./made-secret.tsx";

interface EndpointProps {
  readonly endpoint: Revised<EndpointDto>;
}

/** Who may call it, and with what. */
export const EndpointCallers = ({ endpoint }: EndpointProps) => {
  const { t } = useTranslation("endpoints");
  const heading = useId();
  const [isChanging, setIsChanging] = useState(false);
  const { authentication } = endpoint;
  return (
    <Stack component="section" gap="sm" aria-labelledby={heading}>
      <Group justify="space-between">
        <Title order={2} id={heading}>
          {t("authentication.label")}
        </Title>
        <Button variant="default" size="xs" onClick={() => setIsChanging(true)}>
          {t("authentication.change")}
        </Button>
      </Group>
      <Text>{t(`authentication.${authentication}`)}</Text>
      <Text size="sm">{t(`authentication.help.${authentication}`)}</Text>
      {authentication !== "none" && <EndpointSecrets endpoint={endpoint} />}
      {isChanging && <AuthenticationDialog endpoint={endpoint} onClose={() => setIsChanging(false)} />}
    </Stack>
  );
};

const AuthenticationDialog = ({ endpoint, onClose }: EndpointProps & { readonly onClose: () => void }) => {
  const { t } = useTranslation("endpoints");
  const [secret, setSecret] = useState<string | null>(null);
  return (
    <Dialog title={t("authentication.change")} onClose={onClose} size="md">
      {secret === null ? (
        <AuthenticationForm endpoint={endpoint} onMade={setSecret} />
      ) : (
        <MadeSecret secret={secret} />
      )}
    </Dialog>
  );
};

interface AuthenticationFormProps extends EndpointProps {
  readonly onMade: (secret: string) => void;
}

const AuthenticationForm = ({ endpoint, onMade }: AuthenticationFormProps) => {
  const { t } = useTranslation(["endpoints", "common"]);
  const { org, client } = useOrganization();
  const { close, leave } = useDialog();
  const queries = useQueryClient();
  const { id, authentication: before, demanded = "none", revision } = endpoint;
  const [authentication, setAuthentication] = useState(before);
  const change = useMutation({
    mutationFn: () => client.endpoints.change(id, { authentication }, revision),
    onSuccess: async ({ secret }) => {
      if (secret === undefined) {
        leave();
        tellDone(t("authentication.changed"));
      } else onMade(secret);
      await queries.invalidateQueries({ queryKey: [org, "endpoints"] });
    },
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        change.mutate();
      }}
    >
      <Stack gap="sm">
        {change.error !== null && <ProblemAlert error={change.error} />}
        <AuthenticationField value={authentication} wanted={demanded} onChange={setAuthentication} />
        {before !== "none" && <Text>{t("authentication.changeText")}</Text>}
      </Stack>
      <DialogActions>
        <Button variant="default" onClick={close}>
          {t("common:cancel")}
        </Button>
        <Button type="submit" loading={change.isPending} disabled={authentication === before}>
          {t("authentication.action")}
        </Button>
      </DialogActions>
    </form>
  );
};
