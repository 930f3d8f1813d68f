import { Skeleton, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { schedulesQuery } from "../../../api/plugin-queries.ts";
import { PlainList } from "../../../components/plain-list.tsx";
import { RetryProblem } from "../../../components/retry-problem.tsx";
import { useOrganization } from "../../../session/organization.ts";
import { usePlugin } from "../use-plugin.ts";
import { ScheduleItem } from "./schedule-item.tsx";

/** What the plugin does at times of its own, when next, and how it went. */
export const SchedulesTab = () => {
  const { t } = useTranslation("schedules");
  const { org } = useOrganization();
  const installation = usePlugin();
  const schedules = useQuery(schedulesQuery(org, installation.plugin));
  if (schedules.isLoadingError)
    return <RetryProblem error={schedules.error} onRetry={() => void schedules.refetch()} />;
  if (schedules.data === undefined) return <Skeleton height={160} />;
  if (schedules.data.length === 0) return <Text>{t("none")}</Text>;
  return (
    <PlainList>
      {schedules.data.map((schedule) => (
        <ScheduleItem key={schedule.name} schedule={schedule} installation={installation} />
      ))}
    </PlainList>
  );
};
