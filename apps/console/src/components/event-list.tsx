import { Badge, Code, Group, Stack, Text } from "@mantine/core";
import type { HistoryEventDto } from "@patchbay/protocol";
import { useTranslation } from "react-i18next";
import { useOrganization } from "../app/organization.ts";
import { useFormats } from "./formats.ts";
import { AnchorLink } from "./links.tsx";

/** More of a detail than this is in the API. */
const MAX_DETAIL = 300;

export interface EventListProps {
  readonly events: readonly HistoryEventDto[];
  /** Names each event's plugin, where they are of several. */
  readonly showsPlugin?: boolean;
}

/** Steps that somebody took, newest first: when, who, what, and the facts. */
export const EventList = ({ events, showsPlugin = false }: EventListProps) => (
  <Stack component="ol" gap={0} p={0} m={0} style={{ listStyle: "none" }}>
    {events.map((event) => (
      <Event key={event.id} event={event} showsPlugin={showsPlugin} />
    ))}
  </Stack>
);

const Event = ({ event, showsPlugin }: { event: HistoryEventDto; showsPlugin: boolean }) => {
  const { t } = useTranslation("activity");
  const { org } = useOrganization();
  const formats = useFormats();
  const { at, actor, action, plugin, detail } = event;
  const facts = Object.keys(detail).length === 0 ? "" : JSON.stringify(detail);
  return (
    <Stack
      component="li"
      gap={2}
      py="xs"
      style={{ borderBottom: "1px solid var(--mantine-color-default-border)" }}
    >
      <Group gap="xs">
        <Text fw={600}>{t(`actions.${action.replace(".", "_")}` as "actions.plugin_installed", action)}</Text>
        {showsPlugin && plugin !== undefined && (
          <AnchorLink to="/o/$org/plugins/$plugin" params={{ org, plugin }}>
            {plugin}
          </AnchorLink>
        )}
        {actor.kind !== "user" && (
          <Badge size="xs" variant="default">
            {t(`actors.${actor.kind}`)}
          </Badge>
        )}
      </Group>
      <Text size="xs" c="dimmed">
        <time dateTime={at} title={formats.dateTime(at)}>
          {formats.ago(at)}
        </time>
        {" · "}
        {actor.name}
      </Text>
      {facts !== "" && (
        <Code style={{ overflowWrap: "anywhere", width: "fit-content" }}>{facts.slice(0, MAX_DETAIL)}</Code>
      )}
    </Stack>
  );
};
