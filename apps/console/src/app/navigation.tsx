import { Divider, Indicator } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { requestsQuery } from "../api/queries.ts";
import {
  IconActivity,
  IconBuildingStore,
  IconMessageQuestion,
  IconPlug,
  IconSettings,
  IconTool,
} from "../components/icons.tsx";
import { NavigationLink } from "../components/links.tsx";
import { PanelNavigation } from "../pages/panels/panel-navigation.tsx";
import { useAttention } from "../pages/plugins/use-attention.ts";
import { useOrganization } from "../session/organization.ts";

/** The places of the console that the person may go to. */
export const Navigation = () => {
  const { t } = useTranslation(["common", "requests"]);
  const { org, may } = useOrganization();
  const waiting = useAttention()?.length ?? 0;
  const { data: requests } = useQuery(requestsQuery(org));
  const asked = requests?.open ?? 0;
  return (
    <>
      <NavigationLink
        to="/o/$org/plugins"
        params={{ org }}
        label={t("nav.plugins")}
        leftSection={<IconPlug size={18} aria-hidden />}
        rightSection={<Count count={waiting} words={t("nav.attention", { count: waiting })} />}
      />
      <NavigationLink
        to="/o/$org/marketplace"
        params={{ org }}
        label={t("nav.marketplace")}
        leftSection={<IconBuildingStore size={18} aria-hidden />}
      />
      <NavigationLink
        to="/o/$org/tools"
        params={{ org }}
        label={t("nav.tools")}
        leftSection={<IconTool size={18} aria-hidden />}
      />
      {(may("org.members.write") || (requests?.items.length ?? 0) > 0) && (
        <NavigationLink
          to="/o/$org/requests"
          params={{ org }}
          label={t("requests:title")}
          leftSection={<IconMessageQuestion size={18} aria-hidden />}
          rightSection={<Count count={asked} words={t("requests:waiting", { count: asked })} />}
        />
      )}
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

/** How much waits there, for the eye and in words. */
const Count = ({ count, words }: { count: number; words: string }) => (
  <Indicator inline size={16} label={count} color="orange" position="middle-center" disabled={count === 0}>
    {count > 0 && <span className="visually-hidden">{words}</span>}
  </Indicator>
);
