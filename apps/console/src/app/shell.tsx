import { AppShell, Burger, Group, ScrollArea } from "@mantine/core";
import { useDisclosure, useDocumentTitle } from "@mantine/hooks";
import { Outlet, useRouterState } from "@tanstack/react-router";
import { Suspense, useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useLiveUpdates } from "../api/live.ts";
import { PageSkeleton } from "../components/page-skeleton.tsx";
import { Navigation } from "./navigation.tsx";
import { NotFoundPage } from "./not-found-page.tsx";
import { rememberOrganization, useOrganization } from "./organization.ts";
import { OrganizationMenu } from "./organization-menu.tsx";
import { PersonMenu } from "./person-menu.tsx";
import { ProjectMenu } from "./project-menu.tsx";
import { StatusBar } from "./status-bar.tsx";

const HEADER_PX = 48;
const NAVIGATION_PX = 220;
const STATUS_BAR_PX = 28;

/** What surrounds every page of an organization. */
export const Shell = () => {
  const { t } = useTranslation();
  const { org, membership } = useOrganization();
  const [isOpen, { toggle, close }] = useDisclosure(false);
  const path = useRouterState({ select: (state) => state.location.pathname });
  useDocumentTitle(membership === undefined ? t("product") : `${membership.name} · ${t("product")}`);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the drawer of a phone closes when the page changes
  useEffect(close, [path]);
  useEffect(() => {
    if (membership !== undefined) rememberOrganization(org);
  }, [org, membership]);
  const isLive = useLiveUpdates(org);
  if (membership === undefined) return <NotFoundPage />;
  return (
    <AppShell
      header={{ height: HEADER_PX }}
      navbar={{ width: NAVIGATION_PX, breakpoint: "sm", collapsed: { mobile: !isOpen } }}
      footer={{ height: STATUS_BAR_PX }}
      padding="md"
    >
      <a className="skip-link" href="#content">
        {t("skipToContent")}
      </a>
      <AppShell.Header px="sm">
        <Group h="100%" justify="space-between" wrap="nowrap" gap="xs">
          <Group gap={4} wrap="nowrap" miw={0}>
            <Burger
              opened={isOpen}
              onClick={toggle}
              hiddenFrom="sm"
              size="sm"
              aria-label={t(isOpen ? "nav.closeNav" : "nav.open")}
            />
            <OrganizationMenu />
            <ProjectMenu />
          </Group>
          <Group gap={4} wrap="nowrap">
            <PersonMenu />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar aria-label={t("nav.label")}>
        <AppShell.Section grow component={ScrollArea} p="xs">
          <Navigation />
        </AppShell.Section>
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1}>
        <Suspense fallback={<PageSkeleton />}>
          <Outlet />
        </Suspense>
      </AppShell.Main>
      <AppShell.Footer>
        <StatusBar isLive={isLive} />
      </AppShell.Footer>
    </AppShell>
  );
};
