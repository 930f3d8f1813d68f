import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Entry } from "./entry.ts";

export const ThemeEntry: Entry<"themes"> = ({ entry: { title, scheme } }) => {
  const { t } = useTranslation("plugin");
  return (
    <Text>
      {title}{" "}
      <Text span c="dimmed" size="sm">
        {t(`schemes.${scheme}`)}
      </Text>
    </Text>
  );
};
