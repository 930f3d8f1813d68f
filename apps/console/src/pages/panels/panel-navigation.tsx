import { Divider } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { IconLayoutBoard } from "../../components/icons.tsx";
import { NavigationLink } from "../../components/links.tsx";
import { useOrganization } from "../../session/organization.ts";
import { useViews, viewKey } from "./use-views.ts";

/** The pages that plugins bring. */
export const PanelNavigation = () => {
  const { t } = useTranslation();
  const { org } = useOrganization();
  const pages = useViews("page");
  if (pages.length === 0) return null;
  return (
    <>
      <Divider my="xs" label={t("nav.panels")} labelPosition="left" />
      {pages.map((view) => (
        <NavigationLink
          key={viewKey(view)}
          to="/o/$org/views/$plugin/$view"
          params={{ org, plugin: view.plugin, view: view.name }}
          label={view.title}
          leftSection={<IconLayoutBoard size={18} aria-hidden />}
        />
      ))}
    </>
  );
};
