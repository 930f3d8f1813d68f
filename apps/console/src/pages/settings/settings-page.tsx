import { Tabs } from "@mantine/core";
import { Outlet, useNavigate, useRouterState } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Page } from "../../components/page.tsx";
import { TabList } from "../../components/tab-list.tsx";
import { useOrganization } from "../../session/organization.ts";
import { SETTINGS_TABS, type SettingsTab } from "../places.ts";
import { usePlaces } from "../use-places.ts";

/** What is kept about the organization and oneself, a tab for each kind. */
export const SettingsPage = () => {
  const { t } = useTranslation("settings");
  const { org } = useOrganization();
  const navigate = useNavigate();
  const tab = useRouterState({
    select: ({ location }) => SETTINGS_TABS.find((one) => location.pathname.includes(`/settings/${one}`)),
  });
  const { settingsTabs } = usePlaces();
  return (
    <Page title={t("title")}>
      <Tabs
        value={tab ?? null}
        onChange={(next) => void navigate({ to: `/o/$org/settings/${next as SettingsTab}`, params: { org } })}
        keepMounted={false}
        activateTabWithKeyboard={false}
      >
        <TabList label={t("title")} tab={tab}>
          {settingsTabs.map((one) => (
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
