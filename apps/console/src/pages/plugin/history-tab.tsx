import { Skeleton, Stack, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { historyQuery } from "../../api/plugin-queries.ts";
import { EventList } from "../../components/event-list.tsx";
import { MoreButton } from "../../components/more-button.tsx";
import { RetryProblem } from "../../components/retry-problem.tsx";
import { useOrganization } from "../../session/organization.ts";
import { usePlugin } from "./use-plugin.ts";

/** Every step that was taken with the plugin, newest first. */
export const HistoryTab = () => {
  const { t } = useTranslation(["plugin", "activity"]);
  const { org } = useOrganization();
  const { plugin } = usePlugin();
  const history = useInfiniteQuery(historyQuery(org, plugin));
  if (history.isLoadingError)
    return <RetryProblem error={history.error} onRetry={() => void history.refetch()} />;
  if (history.data === undefined) return <Skeleton height={240} />;
  const events = history.data.pages.flatMap((page) => page.items);
  if (events.length === 0) return <Text>{t("history.none")}</Text>;
  return (
    <Stack gap="sm">
      <EventList events={events} />
      <MoreButton of={history} label={t("activity:older")} />
    </Stack>
  );
};
