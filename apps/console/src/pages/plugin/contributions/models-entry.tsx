import { Badge, Group, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Entry } from "./entry.ts";

export const ModelsEntry: Entry<"models"> = ({ entry: { name, title = name, description, kinds } }) => {
  const { t } = useTranslation("plugin");
  return (
    <>
      <Group gap="xs">
        <Text>{title}</Text>
        {kinds.map((kind) => (
          <Badge key={kind} variant="default" size="sm" tt="none">
            {t(`contributions.modelKinds.${kind}`)}
          </Badge>
        ))}
      </Group>
      {description !== undefined && (
        <Text size="sm" c="dimmed">
          {description}
        </Text>
      )}
    </>
  );
};
