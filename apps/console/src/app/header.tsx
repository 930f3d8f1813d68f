import { ActionIcon, Burger, Group } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { IconLayoutSidebarRight } from "../components/icons.tsx";
import { Overlays } from "../pages/panels/overlays.tsx";
import { PanelStrip } from "../pages/panels/panel-strip.tsx";
import { NotificationsMenu } from "./notifications/notifications-menu.tsx";
import { OrganizationMenu } from "./organization-menu.tsx";
import { Commands } from "./palette/commands.tsx";
import { PersonMenu } from "./person-menu.tsx";
import { ProjectMenu } from "./project-menu.tsx";

export interface HeaderProps {
  readonly isNavigationOpen: boolean;
  readonly toggleNavigation: () => void;
  readonly isSidebarOpen: boolean;
  /** Absent when no plugin has a panel for the sidebar. */
  readonly toggleSidebar?: () => void;
}

/** The line on top: where one is, what plugins put there, and oneself. */
export const Header = ({ isNavigationOpen, toggleNavigation, isSidebarOpen, toggleSidebar }: HeaderProps) => {
  const { t } = useTranslation(["common", "panels"]);
  return (
    <Group h="100%" justify="space-between" wrap="nowrap" gap="xs">
      <Group gap={4} wrap="nowrap" miw={0}>
        <Burger
          opened={isNavigationOpen}
          onClick={toggleNavigation}
          hiddenFrom="sm"
          size="sm"
          aria-label={t(isNavigationOpen ? "nav.closeNav" : "nav.open")}
        />
        <OrganizationMenu />
        <ProjectMenu />
      </Group>
      <Group gap={4} wrap="nowrap">
        <PanelStrip place="toolbar" />
        <Overlays />
        {toggleSidebar !== undefined && (
          <ActionIcon
            variant="subtle"
            color="gray"
            size="lg"
            visibleFrom="md"
            aria-label={t(isSidebarOpen ? "panels:closeSidebar" : "panels:openSidebar")}
            aria-expanded={isSidebarOpen}
            onClick={toggleSidebar}
          >
            <IconLayoutSidebarRight size={18} aria-hidden />
          </ActionIcon>
        )}
        <Commands />
        <NotificationsMenu />
        <PersonMenu />
      </Group>
    </Group>
  );
};
