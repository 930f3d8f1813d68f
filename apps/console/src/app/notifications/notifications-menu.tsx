import { ActionIcon, Indicator, Popover } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { notificationsQuery } from "../../api/queries.ts";
import { IconBell } from "../../components/icons.tsx";
import { PageSkeleton } from "../../components/page-skeleton.tsx";
import { useOrganization } from "../../session/organization.ts";

const NotificationList = lazy(() => import("./notification-list.tsx"));

/** What plugins wanted people to know, with the number of what is new. */
export const NotificationsMenu = () => {
  const { t } = useTranslation();
  const { org } = useOrganization();
  const { data } = useQuery(notificationsQuery(org));
  const [isOpen, setIsOpen] = useState(false);
  const unread = data?.unread ?? 0;
  return (
    <Indicator label={unread} size={16} disabled={unread === 0} offset={6}>
      <Popover position="bottom-end" width={340} opened={isOpen} onChange={setIsOpen} trapFocus returnFocus>
        <Popover.Target>
          <ActionIcon
            variant="subtle"
            color="gray"
            size="lg"
            aria-label={unread === 0 ? t("header.notifications") : t("header.unread", { count: unread })}
            onClick={() => setIsOpen(!isOpen)}
          >
            <IconBell size={18} aria-hidden />
          </ActionIcon>
        </Popover.Target>
        <Popover.Dropdown p={0} maw="calc(100vw - 16px)">
          <Suspense fallback={<PageSkeleton />}>
            <NotificationList />
          </Suspense>
        </Popover.Dropdown>
      </Popover>
    </Indicator>
  );
};
