import { Tabs } from "@mantine/core";
import { Outlet, useNavigate, useRouterState } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Page } from "../../components/page.tsx";
import { TabList } from "../../components/tab-list.tsx";
import { useOrganization } from "../../session/organization.ts";

const PATHS = {
  rules: "/o/$org/models",
  usage: "/o/$org/models/usage",
  budgets: "/o/$org/models/budgets",
  playground: "/o/$org/models/playground",
} as const;
const TABS = ["rules", "playground", "usage", "budgets"] as const;
type Tab = (typeof TABS)[number];
/** For everybody who may use plugins. */
const FOR_ALL: ReadonlySet<Tab> = new Set(["playground", "usage"]);

/** Models, what they were used for and what that may be, a tab each. Who uses plugins asks models and sees what they have used; the rest is for who sets plugins up. */
export const ModelsPage = () => {
  const { t } = useTranslation("models");
  const { org, maySomewhere } = useOrganization();
  const navigate = useNavigate();
  const tab = useRouterState({
    select: ({ location }) => TABS.find((one) => location.pathname.endsWith(`/models/${one}`)) ?? "rules",
  });
  const isShown = (one: Tab): boolean =>
    FOR_ALL.has(one) || one === tab || maySomewhere("org.plugins.configure");
  return (
    <Page title={t("title")}>
      <Tabs
        value={tab}
        onChange={(next) => void navigate({ to: PATHS[next as Tab], params: { org } })}
        keepMounted={false}
        activateTabWithKeyboard={false}
      >
        <TabList label={t("title")} tab={tab}>
          {TABS.filter(isShown).map((one) => (
            <Tabs.Tab key={one} value={one}>
              {t(`tabs.${one}`)}
            </Tabs.Tab>
          ))}
        </TabList>
        <Tabs.Panel value={tab}>
          <Outlet />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
};
