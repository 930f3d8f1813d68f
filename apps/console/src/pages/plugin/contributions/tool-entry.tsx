import { Text } from "@mantine/core";
import { AnchorLink } from "../../../components/links.tsx";
import { useOrganization } from "../../../session/organization.ts";
import type { Entry } from "./entry.ts";

export const ToolEntry: Entry<"tools"> = ({ plugin, entry: { name, title = name, description } }) => {
  const { org } = useOrganization();
  return (
    <>
      <AnchorLink to="/o/$org/plugins/$plugin/tools" params={{ org, plugin }} search={{ tool: name }}>
        {title}
      </AnchorLink>
      <Text size="sm" c="dimmed">
        {description}
      </Text>
    </>
  );
};
