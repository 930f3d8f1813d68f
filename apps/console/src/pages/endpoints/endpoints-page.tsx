import { Button, Code, Group, Stack, Text } from "@mantine/core";
import type { EndpointDto } from "@patchbay/protocol";
import { useSuspenseQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { endpointsQuery, offeredEndpointsQuery } from "../../api/endpoint-queries.ts";
import { CopyButton } from "../../components/copy-button.tsx";
import { AnchorLink } from "../../components/links.tsx";
import { Page } from "../../components/page.tsx";
import { PlainList, PlainListEntry } from "../../components/plain-list.tsx";
import { QueryBoundary } from "../../components/query-boundary.tsx";
import { useOrganization } from "../../session/organization.ts";
import { EndpointState } from "./endpoint-state.tsx";
import { MakeEndpointDialog } from "./make-endpoint-dialog.tsx";

/** The addresses at which plugins answer requests from outside. */
export const EndpointsPage = () => {
  const { t } = useTranslation("endpoints");
  const { maySomewhere } = useOrganization();
  const [isMaking, setIsMaking] = useState(false);
  const make = <Button onClick={() => setIsMaking(true)}>{t("make.open")}</Button>;
  return (
    <Page title={t("title")} actions={maySomewhere("org.plugins.configure") && make}>
      <Text c="dimmed" maw={720}>
        {t("text")}
      </Text>
      <QueryBoundary>
        <EndpointList />
      </QueryBoundary>
      {isMaking && (
        <QueryBoundary>
          <MakeEndpointDialog onClose={() => setIsMaking(false)} />
        </QueryBoundary>
      )}
    </Page>
  );
};

const EndpointList = () => {
  const { t } = useTranslation("endpoints");
  const { org } = useOrganization();
  const { data: endpoints } = useSuspenseQuery(endpointsQuery(org));
  const { data: offered } = useSuspenseQuery(offeredEndpointsQuery(org));
  if (endpoints.length === 0) return <Text>{t(offered.length === 0 ? "nothingOffered" : "none")}</Text>;
  return (
    <PlainList>
      {endpoints.map((endpoint) => (
        <EndpointEntry key={endpoint.id} endpoint={endpoint} />
      ))}
    </PlainList>
  );
};

const EndpointEntry = ({ endpoint }: { readonly endpoint: EndpointDto }) => {
  const { t } = useTranslation("endpoints");
  const { org } = useOrganization();
  const { id, title, plugin, endpoint: name, project, url, fault } = endpoint;
  return (
    <PlainListEntry>
      <Stack gap={4} flex={1} miw={0} role="group" aria-label={title}>
        <Group gap="xs">
          <AnchorLink fw={600} to="/o/$org/endpoints/$endpoint" params={{ org, endpoint: id }}>
            {title}
          </AnchorLink>
          <EndpointState endpoint={endpoint} />
        </Group>
        <Group gap="xs">
          <Code style={{ overflowWrap: "anywhere" }}>{url}</Code>
          <CopyButton value={url} label={t("address.copy", { title })} />
        </Group>
        <Text size="sm" c="dimmed">
          {`${plugin} / ${name} · ${project === undefined ? t("forAll") : t("forProject", { project })}`}
        </Text>
        {endpoint.state === "failing" && <Text size="sm">{fault}</Text>}
      </Stack>
    </PlainListEntry>
  );
};
