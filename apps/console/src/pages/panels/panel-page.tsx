import { Text } from "@mantine/core";
import { useSuspenseQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { viewsQuery } from "../../api/queries.ts";
import { Page } from "../../components/page.tsx";
import { useOrganization } from "../../session/organization.ts";
import { Panel } from "./panel.tsx";

const route = getRouteApi("/o/$org/views/$plugin/$view");

/** What header, footer, heading and the line below leave of the window; never so little that nothing can be read. */
const ROOM =
  "max(320px, calc(100dvh - var(--app-shell-header-offset, 0px) - var(--app-shell-footer-offset, 0px) - 8.5rem))";

/** A page that a plugin brings. */
export const PanelPage = () => {
  const { t } = useTranslation("panels");
  const { plugin, view: name } = route.useParams();
  const { org, project } = useOrganization();
  const { data: views } = useSuspenseQuery(viewsQuery(org, project));
  const view = views.find((one) => one.place === "page" && one.plugin === plugin && one.name === name);
  if (view === undefined)
    return (
      <Page title={t("gone.title")}>
        <Text>{t("gone.text")}</Text>
      </Page>
    );
  return (
    <Page title={view.title}>
      <Panel
        view={view}
        onEscape={() => document.getElementById("content")?.focus()}
        {...(view.height === "page" && { height: ROOM })}
      />
      <Text size="xs" c="dimmed">
        {t("from", { name: view.pluginName, version: view.version })}
      </Text>
    </Page>
  );
};
