import { Code, Group, Text } from "@mantine/core";
import { pathOfEndpoint } from "@patchbay/protocol";
import type { Entry } from "./entry.ts";

export const EndpointEntry: Entry<"endpoints"> = ({ entry }) => (
  <>
    <Group gap="xs">
      <Text>{entry.title ?? entry.name}</Text>
      <Code>{`${entry.methods.join(" ")} ${pathOfEndpoint(entry)}`}</Code>
    </Group>
    {entry.description !== undefined && (
      <Text size="sm" c="dimmed">
        {entry.description}
      </Text>
    )}
  </>
);
