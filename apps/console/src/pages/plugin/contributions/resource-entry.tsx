import { Code, Text } from "@mantine/core";
import type { Entry } from "./entry.ts";

export const ResourceEntry: Entry<"resources"> = ({ entry: { name, title = name, description, uri } }) => (
  <>
    <Text>
      {title} <Code>{uri}</Code>
    </Text>
    {description !== undefined && (
      <Text size="sm" c="dimmed">
        {description}
      </Text>
    )}
  </>
);
