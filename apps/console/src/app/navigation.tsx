import { Divider, Indicator } from "@mantine/core";
import { IconActivity, IconPlug, IconSettings, IconTool } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { pluginsQuery } from "../api/queries.ts";
import { NavigationLink } from "../components/links.tsx";
import { needsAttention } from "../pages/plugins/attention.ts";
import { PanelNavigation } from "../panels/panel-navigation.tsx";
import { useOrganization } from "./organization.ts";

/** The places of the console that the person may go to. */
export const Navigation = () => {
  const { t } = useTranslation();
  const { org, may } = useOrganization();
  const { data: plugins } = useQuery(pluginsQuery(org));
  const waiting = plugins?.filter(needsAttention).length ?? 0;
  const attention = (
    <Indicator
      inline
      size={16}
      label={waiting}
      color="orange"
      position="middle-center"
      disabled={waiting === 0}
    >
      {waiting > 0 && <span className="visually-hidden">{t("nav.attention", { count: waiting })}</span>}
    </Indicator>
  );
  return (
    <>
      <NavigationLink
        to="/o/$org/plugins"
        params={{ org }}
        label={t("nav.plugins")}
        leftSection={<IconPlug size={18} aria-hidden />}
        rightSection={attention}
      />
      <NavigationLink
        to="/o/$org/tools"
        params={{ org }}
        label={t("nav.tools")}
        leftSection={<IconTool size={18} aria-hidden />}
      />
      <PanelNavigation />
      <Divider my="xs" />
      {may("org.audit.read") && (
        <NavigationLink
          to="/o/$org/activity"
          params={{ org }}
          label={t("nav.activity")}
          leftSection={<IconActivity size={18} aria-hidden />}
        />
      )}
      <NavigationLink
        to="/o/$org/settings"
        params={{ org }}
        label={t("nav.settings")}
        leftSection={<IconSettings size={18} aria-hidden />}
      />
    </>
  );
};
