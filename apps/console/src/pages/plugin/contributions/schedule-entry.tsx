import { Text } from "@mantine/core";
import { AnchorLink } from "../../../components/links.tsx";
import { useOrganization } from "../../../session/organization.ts";
import type { Entry } from "./entry.ts";

export const ScheduleEntry: Entry<"schedules"> = ({ plugin, entry: { name, title = name, description } }) => {
  const { org } = useOrganization();
  return (
    <>
      <AnchorLink to="/o/$org/plugins/$plugin/schedules" params={{ org, plugin }}>
        {title}
      </AnchorLink>
      {description !== undefined && (
        <Text size="sm" c="dimmed">
          {description}
        </Text>
      )}
    </>
  );
};
