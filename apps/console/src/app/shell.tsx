import { AppShell, ScrollArea } from "@mantine/core";
import { useDisclosure, useDocumentTitle, useLocalStorage } from "@mantine/hooks";
import { Outlet, useRouterState } from "@tanstack/react-router";
import { lazy, Suspense, useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useLiveUpdates } from "../api/live.ts";
import { useSession } from "../api/session.ts";
import { PageSkeleton } from "../components/page-skeleton.tsx";
import { PanelSidebar } from "../pages/panels/panel-sidebar.tsx";
import { useViews } from "../pages/panels/use-views.ts";
import { rememberOrganization, useOrganization } from "../session/organization.ts";
import { useChosenTheme } from "../theme/plugin-theme.ts";
import { ConnectionBanner } from "./connection-banner.tsx";
import { Header } from "./header.tsx";
import { Navigation } from "./navigation.tsx";
import { NotFoundPage } from "./not-found-page.tsx";
import { StatusBar } from "./status-bar.tsx";

const SignInAgain = lazy(() => import("./sign-in-again.tsx"));

const HEADER_PX = 48;
const NAVIGATION_PX = 220;
const STATUS_BAR_PX = 28;
const ASIDE_PX = 320;

/** What surrounds every page of an organization. */
export const Shell = () => {
  const { t } = useTranslation(["common", "panels"]);
  const { org, membership } = useOrganization();
  const [isOpen, { toggle, close }] = useDisclosure(false);
  const path = useRouterState({ select: (state) => state.location.pathname });
  useDocumentTitle(membership === undefined ? t("product") : `${membership.name} · ${t("product")}`);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the drawer of a phone closes when the page changes
  useEffect(close, [path]);
  useEffect(() => {
    if (membership !== undefined) rememberOrganization(org);
  }, [org, membership]);
  const connection = useLiveUpdates(org);
  const { isOver } = useSession();
  useChosenTheme(org);
  const sidebar = useViews("sidebar");
  const [wantsSidebar, setWantsSidebar] = useLocalStorage({ key: "patchbay-sidebar", defaultValue: false });
  const showsSidebar = wantsSidebar && sidebar.length > 0;
  const toggleSidebar = () => setWantsSidebar(!wantsSidebar);
  if (membership === undefined) return <NotFoundPage />;
  return (
    <AppShell
      header={{ height: HEADER_PX }}
      navbar={{ width: NAVIGATION_PX, breakpoint: "sm", collapsed: { mobile: !isOpen } }}
      {...(showsSidebar && { aside: { width: ASIDE_PX, breakpoint: "md" } })}
      footer={{ height: STATUS_BAR_PX }}
      padding="md"
    >
      <a className="skip-link" href="#content">
        {t("skipToContent")}
      </a>
      <AppShell.Header px="sm">
        <Header
          isNavigationOpen={isOpen}
          toggleNavigation={toggle}
          isSidebarOpen={showsSidebar}
          {...(sidebar.length > 0 && { toggleSidebar })}
        />
      </AppShell.Header>
      <AppShell.Navbar aria-label={t("nav.label")}>
        <AppShell.Section grow component={ScrollArea} p="xs">
          <Navigation />
        </AppShell.Section>
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1}>
        <ConnectionBanner connection={connection} />
        <Suspense fallback={<PageSkeleton />}>
          <Outlet />
        </Suspense>
      </AppShell.Main>
      {showsSidebar && (
        <AppShell.Aside aria-label={t("panels:sidebar")}>
          <PanelSidebar views={sidebar} />
        </AppShell.Aside>
      )}
      {isOver && (
        <Suspense>
          <SignInAgain />
        </Suspense>
      )}
      <AppShell.Footer>
        <StatusBar connection={connection} />
      </AppShell.Footer>
    </AppShell>
  );
};
