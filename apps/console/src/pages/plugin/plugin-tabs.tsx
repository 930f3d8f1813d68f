import { Tabs } from "@mantine/core";
import type { InstallationDto } from "@patchbay/protocol";
import { useQuery } from "@tanstack/react-query";
import { Outlet, useNavigate, useRouterState } from "@tanstack/react-router";
import { Suspense } from "react";
import { useTranslation } from "react-i18next";
import { grantsQuery } from "../../api/plugin-queries.ts";
import { PageSkeleton } from "../../components/page-skeleton.tsx";
import { TabList } from "../../components/tab-list.tsx";
import { useOrganization } from "../../session/organization.ts";
import { usePluginRights } from "../plugins/rights.ts";
import { NotForDebugging } from "./not-for-debugging.tsx";

const TABS = [
  "overview",
  "permissions",
  "scope",
  "settings",
  "tools",
  "schedules",
  "conversations",
  "memory",
  "logs",
  "calls",
  "metrics",
  "history",
  "versions",
  "instances",
] as const;
type Tab = (typeof TABS)[number];
/** What those read who debug a plugin. */
const OF_DEBUGGING: ReadonlySet<Tab> = new Set(["logs", "instances"]);

/** What there is to know about a plugin, a tab for each kind of it. */
export const PluginTabs = ({ installation }: { installation: InstallationDto }) => {
  const { t } = useTranslation("plugin");
  const { org, may } = useOrganization();
  const { plugin, hasSettings, hasSchedules, grants } = installation;
  const remembers = useRemembers(installation);
  const navigate = useNavigate();
  const tab = useRouterState({
    select: ({ location }) => TABS.find((one) => location.pathname.endsWith(`/${one}`)),
  });
  const { mayDebug } = usePluginRights();
  const isReadable = (one: Tab): boolean => !OF_DEBUGGING.has(one) || mayDebug(installation);
  const isShown = (one: Tab): boolean => {
    if (one === "settings") return hasSettings;
    if (one === "schedules") return hasSchedules;
    if (one === "conversations")
      return may("org.members.write") && grants.some(({ name }) => name === "storage.conversations");
    if (one === "memory") return remembers;
    if (one === "calls") return may("org.plugins.use");
    return isReadable(one);
  };
  const open = (next: Tab) =>
    void navigate({ to: `/o/$org/plugins/$plugin/${next}`, params: { org, plugin }, resetScroll: false });
  return (
    <Tabs
      value={tab ?? null}
      onChange={(next) => open(next as Tab)}
      keepMounted={false}
      activateTabWithKeyboard={false}
    >
      <TabList label={t("tabs.label")} tab={tab}>
        {TABS.filter((one) => isShown(one) || one === tab).map((one) => (
          <Tabs.Tab key={one} value={one} flex="none">
            {t(`tabs.${one}`)}
          </Tabs.Tab>
        ))}
      </TabList>
      {tab === undefined ? (
        <Outlet />
      ) : (
        <Tabs.Panel value={tab}>
          <Suspense fallback={<PageSkeleton />}>
            {isReadable(tab) ? <Outlet /> : <NotForDebugging />}
          </Suspense>
        </Tabs.Panel>
      )}
    </Tabs>
  );
};

/** Whether there may be memories that the person may look at. A plugin that may keep none any more may still have those of before. */
const useRemembers = (installation: InstallationDto): boolean => {
  const { org } = useOrganization();
  const { mayConfigureWhole } = usePluginRights();
  const isAllowed = mayConfigureWhole(installation);
  const isGranted = installation.grants.some(isOfMemory);
  const { data } = useQuery({ ...grantsQuery(org, installation.plugin), enabled: isAllowed && !isGranted });
  return isAllowed && (isGranted || [...(data?.required ?? []), ...(data?.optional ?? [])].some(isOfMemory));
};

const isOfMemory = ({ name }: { readonly name: string }): boolean => name.startsWith("memory.");
