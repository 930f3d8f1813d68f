import { Button, Group, ScrollArea, Stack, Text } from "@mantine/core";
import type { NotificationDto } from "@patchbay/protocol";
import { useMutation, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { notificationsQuery } from "../../api/queries.ts";
import { useFormats } from "../../components/formats.ts";
import { tellProblem } from "../../components/tell.ts";
import { useOrganization } from "../../session/organization.ts";

const NotificationList = () => {
  const { t } = useTranslation();
  const { org, client } = useOrganization();
  const { data } = useSuspenseQuery(notificationsQuery(org));
  const queries = useQueryClient();
  const newest = data.items[0];
  const read = useMutation({
    mutationFn: (until: string) => client.notifications.markRead({ until }),
    onSuccess: () => queries.invalidateQueries({ queryKey: [org, "notifications"] }),
    onError: (error) => tellProblem(t("notifications.notRead"), error),
  });
  if (newest === undefined)
    return (
      <Text p="md" tabIndex={0}>
        {t("notifications.none")}
      </Text>
    );
  return (
    <>
      <Group justify="space-between" px="sm" py="xs">
        <Text fw={600}>{t("header.notifications")}</Text>
        <Button
          size="compact-sm"
          variant="subtle"
          disabled={data.unread === 0}
          loading={read.isPending}
          onClick={() => read.mutate(newest.id)}
        >
          {t("notifications.markAll")}
        </Button>
      </Group>
      <ScrollArea.Autosize mah="60vh" viewportProps={{ tabIndex: 0 }}>
        <Stack component="ul" gap={0} p={0} m={0} style={{ listStyle: "none" }}>
          {data.items.map((item) => (
            <Notification key={item.id} item={item} />
          ))}
        </Stack>
      </ScrollArea.Autosize>
    </>
  );
};

export default NotificationList;

const COLOURS = {
  info: "var(--mantine-color-accent-filled)",
  success: "var(--pb-success)",
  warning: "var(--pb-warning)",
  error: "var(--pb-danger)",
} as const;

const Notification = ({
  item: { level, title, message, plugin, createdAt, read },
}: {
  item: NotificationDto;
}) => {
  const { t } = useTranslation();
  const formats = useFormats();
  return (
    <Stack
      component="li"
      gap={2}
      px="sm"
      py="xs"
      style={{
        borderTop: "1px solid var(--mantine-color-default-border)",
        borderLeft: `3px solid ${COLOURS[level]}`,
      }}
    >
      <Text size="sm" fw={read ? 400 : 600} style={{ overflowWrap: "anywhere" }}>
        {title}
        {!read && <span className="visually-hidden">, {t("notifications.new")}</span>}
      </Text>
      {message !== undefined && (
        <Text size="sm" style={{ overflowWrap: "anywhere" }}>
          {message}
        </Text>
      )}
      <Text size="xs" c="dimmed">
        {plugin}
        {" · "}
        <time dateTime={createdAt} title={formats.dateTime(createdAt)}>
          {formats.ago(createdAt)}
        </time>
      </Text>
    </Stack>
  );
};
