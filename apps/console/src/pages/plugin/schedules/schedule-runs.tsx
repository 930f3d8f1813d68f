import { Badge, ScrollArea, Skeleton, Stack, Table, Text } from "@mantine/core";
import type { ScheduleRunDto } from "@patchbay/protocol";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { scheduleRunsQuery } from "../../../api/plugin-queries.ts";
import { useFormats } from "../../../components/formats.ts";
import { MoreButton } from "../../../components/more-button.tsx";
import { RetryProblem } from "../../../components/retry-problem.tsx";
import { useOrganization } from "../../../session/organization.ts";

const COLUMNS = ["scheduledAt", "state", "trigger", "took", "attempt"] as const;

export interface ScheduleRunsProps {
  readonly plugin: string;
  readonly schedule: string;
  /** How people call the schedule. */
  readonly title: string;
}

/** How a schedule went, newest first. */
export const ScheduleRuns = ({ plugin, schedule, title }: ScheduleRunsProps) => {
  const { t } = useTranslation("schedules");
  const { org } = useOrganization();
  const found = useInfiniteQuery(scheduleRunsQuery(org, plugin, schedule));
  if (found.isLoadingError) return <RetryProblem error={found.error} onRetry={() => void found.refetch()} />;
  if (found.data === undefined) return <Skeleton height={80} />;
  const runs = found.data.pages.flatMap(({ items }) => items);
  if (runs.length === 0) return <Text size="sm">{t("noRuns")}</Text>;
  const label = t("runsOf", { schedule: title });
  return (
    <Stack gap="xs">
      <ScrollArea type="auto" viewportProps={{ tabIndex: 0, "aria-label": label }}>
        <Table miw={680} aria-label={label}>
          <Table.Thead>
            <Table.Tr>
              {COLUMNS.map((column) => (
                <Table.Th key={column}>{t(`column.${column}`)}</Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {runs.map((run) => (
              <Run key={run.id} run={run} />
            ))}
          </Table.Tbody>
        </Table>
      </ScrollArea>
      <MoreButton of={found} label={t("older")} />
    </Stack>
  );
};

const Run = ({ run }: { readonly run: ScheduleRunDto }) => {
  const { t } = useTranslation("schedules");
  const formats = useFormats();
  const { scheduledAt, trigger, requestedBy, startedAt, endedAt, attempt, ticks, message } = run;
  const tookMs =
    startedAt === undefined || endedAt === undefined ? null : Date.parse(endedAt) - Date.parse(startedAt);
  return (
    <Table.Tr>
      <Table.Td>
        <time dateTime={scheduledAt} title={formats.ago(scheduledAt)}>
          {formats.dateTime(scheduledAt)}
        </time>
        {ticks > 1 && (
          <Text size="xs" c="dimmed">
            {t("ticks", { count: ticks })}
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        <RunState run={run} />
        {message !== undefined && (
          <Text size="xs" style={{ overflowWrap: "anywhere" }}>
            {message}
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        {requestedBy === undefined ? t(`trigger.${trigger}`) : t("byHand", { name: requestedBy.name })}
      </Table.Td>
      <Table.Td>{tookMs === null ? "–" : formats.duration(tookMs)}</Table.Td>
      <Table.Td>{formats.number(attempt)}</Table.Td>
    </Table.Tr>
  );
};

/** How a run ended, or how it stands. */
export const RunState = ({ run: { state } }: { readonly run: ScheduleRunDto }) => {
  const { t } = useTranslation("schedules");
  return (
    <Badge
      variant={state === "failed" ? "outline" : "default"}
      {...(state === "failed" && { color: "red", c: "var(--mantine-color-text)" })}
      tt="none"
    >
      {t(`runState.${state}`)}
    </Badge>
  );
};
