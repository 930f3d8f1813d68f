import { Tabs } from "@mantine/core";
import { useSuspenseQuery } from "@tanstack/react-query";
import { Outlet, useNavigate, useRouterState } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { meQuery } from "../../api/queries.ts";
import { Page } from "../../components/page.tsx";
import { TabList } from "../../components/tab-list.tsx";
import { useOrganization } from "../../session/organization.ts";

const TABS = [
  "members",
  "projects",
  "api-keys",
  "policy",
  "sources",
  "updates",
  "organization",
  "account",
  "deployment",
] as const;

/** What is kept about the organization and oneself, a tab for each kind. */
export const SettingsPage = () => {
  const { t } = useTranslation("settings");
  const { org } = useOrganization();
  const navigate = useNavigate();
  const tab = useRouterState({
    select: ({ location }) => TABS.find((one) => location.pathname.includes(`/settings/${one}`)),
  });
  const { data: me } = useSuspenseQuery(meQuery());
  const tabs = TABS.filter((one) => one !== "deployment" || me.deployment.administrator);
  return (
    <Page title={t("title")}>
      <Tabs
        value={tab ?? null}
        onChange={(next) =>
          void navigate({ to: `/o/$org/settings/${next as (typeof TABS)[number]}`, params: { org } })
        }
        keepMounted={false}
        activateTabWithKeyboard={false}
      >
        <TabList label={t("title")} tab={tab}>
          {tabs.map((one) => (
            <Tabs.Tab key={one} value={one}>
              {t(`tabs.${one}`)}
            </Tabs.Tab>
          ))}
        </TabList>
        {tab !== undefined && (
          <Tabs.Panel value={tab}>
            <Outlet />
          </Tabs.Panel>
        )}
      </Tabs>
    </Page>
  );
};
