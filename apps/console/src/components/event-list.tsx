import { Badge, Group, Stack, Text } from "@mantine/core";
import type { HistoryEventDto } from "@patchbay/protocol";
import { useTranslation } from "react-i18next";
import type { ActionKey } from "../messages/en/activity.ts";
import { useOrganization } from "../session/organization.ts";
import { factText } from "./event-facts.ts";
import { useFormats } from "./formats.ts";
import { AnchorLink } from "./links.tsx";

/** What is longer is in the API in full. */
const MAX_FACTS = 400;

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
  const facts = Object.entries(detail).map(([name, value]) => `${name}: ${factText(value)}`);
  return (
    <Stack
      component="li"
      gap={2}
      py="xs"
      style={{ borderBottom: "1px solid var(--mantine-color-default-border)" }}
    >
      <Group gap="xs">
        <Text fw={600}>{t(`actions.${action.replace(".", "_") as ActionKey}`, action)}</Text>
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
      {facts.length > 0 && (
        <Text size="xs" style={{ overflowWrap: "anywhere" }}>
          {facts.join(" · ").slice(0, MAX_FACTS)}
        </Text>
      )}
    </Stack>
  );
};
