import { Text } from "@mantine/core";
import type { Entry } from "./entry.ts";

/** One that has words and nothing else to show. */
export const TitledEntry: Entry<"messageHooks" | "prompts"> = ({
  entry: { name, title = name, description },
}) => (
  <>
    <Text>{title}</Text>
    {description !== undefined && (
      <Text size="sm" c="dimmed">
        {description}
      </Text>
    )}
  </>
);
