import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { AnchorLink } from "../../../components/links.tsx";
import { useOrganization } from "../../../session/organization.ts";
import type { Entry } from "./entry.ts";

export const ViewEntry: Entry<"views"> = ({ plugin, entry: { name, title, place } }) => {
  const { t } = useTranslation("plugin");
  const { org } = useOrganization();
  if (place === "page")
    return (
      <AnchorLink to="/o/$org/views/$plugin/$view" params={{ org, plugin, view: name }}>
        {title}
      </AnchorLink>
    );
  return (
    <Text>
      {title}{" "}
      <Text span c="dimmed" size="sm">
        {t(`places.${place}`)}
      </Text>
    </Text>
  );
};
