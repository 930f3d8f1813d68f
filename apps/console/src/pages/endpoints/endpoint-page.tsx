import { Button, Group, Stack, Switch, Text } from "@mantine/core";
import type { Revised } from "@patchbay/api-client";
import type { EndpointDto } from "@patchbay/protocol";
import { useMutation, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { endpointQuery } from "../../api/endpoint-queries.ts";
import { ConfirmDialog } from "../../components/confirm-dialog.tsx";
import { Notice } from "../../components/notice.tsx";
import { Page } from "../../components/page.tsx";
import { QueryBoundary } from "../../components/query-boundary.tsx";
import { tellDone, tellProblem } from "../../components/tell.ts";
import { useOrganization } from "../../session/organization.ts";
import { EndpointAddress } from "./endpoint-address.tsx";
import { EndpointCallers } from "./endpoint-callers.tsx";
import { EndpointForm } from "./endpoint-form.tsx";
import { EndpointRequests } from "./endpoint-requests.tsx";
import { EndpointState } from "./endpoint-state.tsx";

const route = getRouteApi("/o/$org/endpoints/$endpoint");

/** One address: how it is called, by whom, within which limits, and what has come. */
export const EndpointPage = () => (
  <QueryBoundary>
    <LoadedEndpoint />
  </QueryBoundary>
);

const LoadedEndpoint = () => {
  const { t } = useTranslation("endpoints");
  const { org } = useOrganization();
  const { endpoint: id } = route.useParams();
  const { data: endpoint } = useSuspenseQuery(endpointQuery(org, id));
  const { title, plugin, endpoint: name, project, description, state, fault } = endpoint;
  return (
    <Page title={title} actions={<DeleteButton endpoint={endpoint} />}>
      <Stack gap="xl" maw={960}>
        <Stack gap="sm">
          <Group gap="md">
            <EndpointState endpoint={endpoint} />
            <EnabledSwitch endpoint={endpoint} />
          </Group>
          <Text c="dimmed">
            {`${plugin} / ${name} · ${project === undefined ? t("forAll") : t("forProject", { project })}`}
          </Text>
          {description !== undefined && <Text>{description}</Text>}
          {state === "failing" && fault !== undefined && <Notice title={t("failing")}>{fault}</Notice>}
        </Stack>
        <EndpointAddress endpoint={endpoint} />
        <EndpointCallers endpoint={endpoint} />
        <EndpointRequests endpoint={endpoint} />
        <EndpointForm endpoint={endpoint} />
      </Stack>
    </Page>
  );
};

interface EndpointProps {
  readonly endpoint: Revised<EndpointDto>;
}

/** Takes effect at once. */
const EnabledSwitch = ({ endpoint: { id, title, enabled, revision } }: EndpointProps) => {
  const { t } = useTranslation("endpoints");
  const { org, client } = useOrganization();
  const queries = useQueryClient();
  const change = useMutation({
    mutationFn: (next: boolean) => client.endpoints.change(id, { enabled: next }, revision),
    onSuccess: (_, next) => tellDone(t(next ? "switchedOn" : "switchedOff", { title })),
    onError: (error) => tellProblem(t("notSwitched", { title }), error),
    onSettled: () => queries.invalidateQueries({ queryKey: [org, "endpoints"] }),
  });
  return (
    <Switch
      label={t("enabled")}
      checked={change.isPending ? change.variables : enabled}
      onChange={({ currentTarget }) => change.mutate(currentTarget.checked)}
    />
  );
};

const DeleteButton = ({ endpoint: { id, title, url } }: EndpointProps) => {
  const { t } = useTranslation("endpoints");
  const { org, client } = useOrganization();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [isAsking, setIsAsking] = useState(false);
  const remove = async () => {
    await client.endpoints.delete(id);
    tellDone(t("delete.done", { title }));
    await navigate({ to: "/o/$org/endpoints", params: { org } });
    queries.removeQueries({ queryKey: endpointQuery(org, id).queryKey });
    await queries.invalidateQueries({ queryKey: [org, "endpoints", "list"] });
  };
  return (
    <>
      <Button variant="subtle" color="red" onClick={() => setIsAsking(true)}>
        {t("delete.open")}
      </Button>
      {isAsking && (
        <ConfirmDialog
          title={t("delete.title", { title })}
          action={t("delete.action", { title })}
          onConfirm={remove}
          onClose={() => setIsAsking(false)}
        >
          <Text>{t("delete.text")}</Text>
          <Text style={{ overflowWrap: "anywhere" }}>{url}</Text>
        </ConfirmDialog>
      )}
    </>
  );
};
