import { Text } from "@mantine/core";
import type { Entry } from "./entry.ts";

export const MessageHookEntry: Entry<"messageHooks"> = ({ entry: { name, title = name, description } }) => (
  <>
    <Text>{title}</Text>
    {description !== undefined && (
      <Text size="sm" c="dimmed">
        {description}
      </Text>
    )}
  </>
);
