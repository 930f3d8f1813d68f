import { Button, Code, Group, Stack, Text } from "@mantine/core";
import type { McpServerDto } from "@patchbay/protocol";
import { useMutation, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { mcpServersQuery } from "../../api/queries.ts";
import { useFormats } from "../../components/formats.ts";
import { AnchorLink, ButtonLink } from "../../components/links.tsx";
import { PlainList, PlainListEntry } from "../../components/plain-list.tsx";
import { tellProblem } from "../../components/tell.ts";
import { useOrganization } from "../../session/organization.ts";

/** The servers that are plugins: how each is doing, and what it waits for. */
export const ServerList = () => {
  const { t } = useTranslation("connect");
  const { org } = useOrganization();
  const { data: servers } = useSuspenseQuery(mcpServersQuery(org));
  if (servers.length === 0) return <Text>{t("servers.none")}</Text>;
  return (
    <PlainList>
      {servers.map((server) => (
        <PlainListEntry key={server.plugin}>
          <Server server={server} />
        </PlainListEntry>
      ))}
    </PlainList>
  );
};

const Server = ({ server }: { readonly server: McpServerDto }) => {
  const { t } = useTranslation("connect");
  const { org, may } = useOrganization();
  const formats = useFormats();
  const look = useLook(server);
  const { plugin, title, url, tools, state, waiting, outage } = server;
  return (
    <Stack gap={4} role="group" aria-label={title} flex={1} miw={0}>
      <AnchorLink to="/o/$org/plugins/$plugin" params={{ org, plugin }} fw={600}>
        {title}
      </AnchorLink>
      <Text size="sm" c="dimmed">
        {[
          t("servers.count", { count: tools }),
          ...(state === "enabled" || state === "updating" ? [] : [t("servers.off")]),
        ].join(" · ")}
      </Text>
      <Code style={{ overflowWrap: "anywhere", alignSelf: "flex-start" }}>{url}</Code>
      {outage !== undefined && (
        <Text size="sm" c="red" style={{ overflowWrap: "anywhere" }}>
          {t("servers.silent", { since: formats.dateTime(outage.since), why: outage.message })}
        </Text>
      )}
      {waiting !== undefined && (
        <Text size="sm">{t(tools === 0 ? "servers.waitsFirst" : "servers.waits")}</Text>
      )}
      <Group gap="xs">
        {waiting !== undefined && may("org.plugins.write") && (
          <ButtonLink
            to="/o/$org/plugins/$plugin"
            params={{ org, plugin }}
            search={{ dialog: "update", version: waiting }}
            size="compact-sm"
            aria-label={t("servers.reviewOf", { name: title })}
          >
            {t("servers.review")}
          </ButtonLink>
        )}
        {may("org.plugins.configure") && (
          <Button
            variant="default"
            size="compact-sm"
            aria-label={t("servers.lookOf", { name: title })}
            loading={look.isPending}
            onClick={() => look.mutate()}
          >
            {t("servers.look")}
          </Button>
        )}
      </Group>
    </Stack>
  );
};

const useLook = ({ plugin, title }: McpServerDto) => {
  const { t } = useTranslation("connect");
  const { org, client } = useOrganization();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => client.mcpServers.look(plugin),
    onError: (error) => tellProblem(t("servers.notLooked", { name: title }), error),
    onSettled: () => queries.invalidateQueries({ queryKey: [org, "plugins"] }),
  });
};
