import { Badge, Button, Group, Stack, Text } from "@mantine/core";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormats } from "../../../components/formats.ts";
import { ScheduleButtons, type ScheduleProps } from "./schedule-buttons.tsx";
import { RunState, ScheduleRuns } from "./schedule-runs.tsx";
import { useTiming } from "./use-timing.ts";

/** One schedule: what it is, when it runs, what can be done about it, and how it went. */
export const ScheduleItem = ({ schedule, installation }: ScheduleProps) => {
  const { t } = useTranslation("schedules");
  const timing = useTiming();
  const runs = useId();
  const [showsRuns, setShowsRuns] = useState(false);
  const { name, title = name, description, missed, state } = schedule;
  return (
    <Stack
      component="li"
      gap="xs"
      py="sm"
      style={{ borderBottom: "1px solid var(--mantine-color-default-border)" }}
    >
      <Group justify="space-between" align="flex-start">
        <Stack gap={2} miw={0}>
          <Group gap="xs">
            <Text fw={600}>{title}</Text>
            <Badge variant={state === "active" ? "light" : "default"} color="accent" tt="none">
              {t(`state.${state}`)}
            </Badge>
          </Group>
          {description !== undefined && <Text size="sm">{description}</Text>}
          <Text size="sm" c="dimmed">
            {timing(schedule)} {t(`missed.${missed}`)}
          </Text>
        </Stack>
        <ScheduleButtons schedule={schedule} installation={installation} />
      </Group>
      <Times schedule={schedule} />
      <Button
        variant="subtle"
        size="compact-sm"
        w="fit-content"
        aria-expanded={showsRuns}
        aria-controls={runs}
        aria-label={t(showsRuns ? "hideRunsOf" : "showRunsOf", { schedule: title })}
        onClick={() => setShowsRuns(!showsRuns)}
      >
        {t(showsRuns ? "hideRuns" : "showRuns")}
      </Button>
      <div id={runs}>
        {showsRuns && <ScheduleRuns plugin={installation.plugin} schedule={name} title={title} />}
      </div>
    </Stack>
  );
};

/** When it runs next and when it ran last; or why it does not run. */
const Times = ({ schedule: { state, paused, nextAt, lastRun } }: Pick<ScheduleProps, "schedule">) => {
  const { t } = useTranslation("schedules");
  return (
    <Stack gap={2}>
      {state === "off" && <Text size="sm">{t("off")}</Text>}
      {paused !== undefined && (
        <Text size="sm">
          {t("pausedBy", { name: paused.by.name })}, <Moment at={paused.at} />
        </Text>
      )}
      {state === "active" && nextAt !== undefined && (
        <Text size="sm">
          {t("next")}: <Moment at={nextAt} />
        </Text>
      )}
      {lastRun === undefined ? (
        <Text size="sm" c="dimmed">
          {t("never")}
        </Text>
      ) : (
        <Group gap="xs">
          <Text size="sm">
            {t("last")}: <Moment at={lastRun.scheduledAt} />
          </Text>
          <RunState run={lastRun} />
        </Group>
      )}
    </Stack>
  );
};

const Moment = ({ at }: { readonly at: string }) => {
  const formats = useFormats();
  return (
    <time dateTime={at} title={formats.ago(at)}>
      {formats.dateTime(at)}
    </time>
  );
};
