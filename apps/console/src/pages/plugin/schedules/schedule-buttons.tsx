import { Button, Group } from "@mantine/core";
import type { InstallationDto, ScheduleDto } from "@patchbay/protocol";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { clientOf } from "../../../api/client.ts";
import { tellDone, tellProblem } from "../../../components/tell.ts";
import { useOrganization } from "../../../session/organization.ts";
import { usePluginRights } from "../../plugins/rights.ts";

type Act = "run" | "pause" | "resume" | "cancel";

const UNDER_WAY = ["queued", "running"];

export interface ScheduleProps {
  readonly schedule: ScheduleDto;
  readonly installation: InstallationDto;
}

/** What can be done about a schedule, for those who may change the plugin. */
export const ScheduleButtons = ({ schedule, installation }: ScheduleProps) => {
  const { t } = useTranslation("schedules");
  const { mayChange } = usePluginRights();
  const { mutate, isPending, variables } = useActs(schedule);
  if (!mayChange(installation)) return null;
  const { name, title = name, state, lastRun } = schedule;
  const isUnderWay = lastRun !== undefined && UNDER_WAY.includes(lastRun.state);
  const acts: Act[] = [
    ...(state === "off" ? [] : [isUnderWay ? ("cancel" as const) : ("run" as const)]),
    schedule.paused === undefined ? "pause" : "resume",
  ];
  return (
    <Group gap="xs">
      {acts.map((act) => (
        <Button
          key={act}
          variant="default"
          size="compact-sm"
          aria-label={t(`${act}Named`, { schedule: title })}
          loading={isPending && variables === act}
          disabled={isPending}
          onClick={() => mutate(act)}
        >
          {t(act)}
        </Button>
      ))}
    </Group>
  );
};

const useActs = ({ plugin, name, title: schedule = name }: ScheduleDto) => {
  const { t } = useTranslation("schedules");
  const { org } = useOrganization();
  const queries = useQueryClient();
  const { schedules } = clientOf(org);
  const acts: Readonly<Record<Act, () => Promise<string>>> = {
    run: async () => {
      await schedules.run(plugin, name);
      return t("started", { schedule });
    },
    cancel: async () =>
      t((await schedules.cancel(plugin, name)) ? "isCancelled" : "nothingToCancel", { schedule }),
    pause: async () => {
      await schedules.setPaused(plugin, name, true);
      return t("isPaused", { schedule });
    },
    resume: async () => {
      await schedules.setPaused(plugin, name, false);
      return t("isResumed", { schedule });
    },
  };
  return useMutation({
    mutationFn: (act: Act) => acts[act](),
    onSuccess: (done) => tellDone(done),
    onError: (error, act) => tellProblem(t(`failed.${act}`, { schedule }), error),
    onSettled: () => queries.invalidateQueries({ queryKey: [org, "schedules", plugin] }),
  });
};
