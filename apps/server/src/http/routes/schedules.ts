import type { ScheduleRun, Schedules, ScheduleView } from "@patchbay/core";
import {
  ScheduleRunDto as RunSchema,
  ScheduleCancelledDto,
  ScheduleDto,
  SchedulePatch,
  type ScheduleRunDto,
} from "@patchbay/protocol";
import Type from "typebox";
import { type App, answers, listOf, Org, OrgPlugin, PageQuery, pageOf } from "../route.ts";

const tags = ["Schedules"];
const base = "/api/orgs/:org/plugins/:plugin/schedules";
const OneSchedule = Type.Object({ ...OrgPlugin.properties, schedule: Type.String({ maxLength: 64 }) });

/** What plugins do at times of their own: when, how it went, and what people do about it. */
export const scheduleRoutes = (app: App, { schedules }: { readonly schedules: Schedules }): void => {
  app.get(
    "/api/orgs/:org/schedules",
    {
      schema: {
        tags,
        operationId: "listAllSchedules",
        summary: "The schedules of all installed plugins",
        params: Org,
        response: answers({ 200: listOf(ScheduleDto) }),
      },
    },
    async ({ principal, params }) => ({
      items: (await schedules.list(principal, params.org)).map(toScheduleDto),
    }),
  );

  app.get(
    base,
    {
      schema: {
        tags,
        operationId: "listSchedules",
        summary: "A plugin's schedules, with their next times and their last run",
        params: OrgPlugin,
        response: answers({ 200: listOf(ScheduleDto) }),
      },
    },
    async ({ principal, params }) => ({
      items: (await schedules.list(principal, params.org, params.plugin)).map(toScheduleDto),
    }),
  );

  app.patch(
    `${base}/:schedule`,
    {
      schema: {
        tags,
        operationId: "pauseSchedule",
        summary: "Pause a schedule, or let it go on",
        description: "Nothing of what was due while it was paused is made up for.",
        params: OneSchedule,
        body: SchedulePatch,
        response: answers({ 200: ScheduleDto }),
      },
    },
    async ({ principal, params: { org, plugin, schedule }, body }) =>
      toScheduleDto(await schedules.setPaused(principal, org, plugin, schedule, body.paused)),
  );

  app.post(
    `${base}/:schedule/run`,
    {
      schema: {
        tags,
        operationId: "runSchedule",
        summary: "Run a schedule now, paused or not",
        description: "Answers when the run is written down; …/runs tells how it goes.",
        params: OneSchedule,
        response: answers({ 202: RunSchema }),
      },
    },
    async ({ principal, params: { org, plugin, schedule } }, reply) =>
      await reply.code(202).send(toScheduleRunDto(await schedules.run(principal, org, plugin, schedule))),
  );

  app.post(
    `${base}/:schedule/cancel`,
    {
      schema: {
        tags,
        operationId: "cancelScheduleRun",
        summary: "End the run that is under way",
        params: OneSchedule,
        response: answers({ 200: ScheduleCancelledDto }),
      },
    },
    async ({ principal, params: { org, plugin, schedule } }) => ({
      cancelled: await schedules.cancel(principal, org, plugin, schedule),
    }),
  );

  app.get(
    `${base}/:schedule/runs`,
    {
      schema: {
        tags,
        operationId: "listScheduleRuns",
        summary: "A schedule's runs, newest first",
        params: OneSchedule,
        querystring: Type.Object(PageQuery, { additionalProperties: false }),
        response: answers({ 200: listOf(RunSchema) }),
      },
    },
    async ({ principal, params: { org, plugin, schedule }, query }) => {
      const page = await schedules.runs(principal, org, plugin, schedule, pageOf(query));
      return { ...page, items: page.items.map(toScheduleRunDto) };
    },
  );
};

const toScheduleDto = ({
  pluginId,
  entry,
  missed,
  state,
  paused,
  upcoming,
  lastRun,
}: ScheduleView): ScheduleDto => {
  const times = upcoming.map((time) => time.toISOString());
  return {
    ...entry,
    plugin: pluginId,
    missed,
    state,
    upcoming: times,
    ...(times[0] !== undefined && { nextAt: times[0] }),
    ...(paused !== null && { paused }),
    ...(lastRun !== null && { lastRun: toScheduleRunDto(lastRun) }),
  };
};

const toScheduleRunDto = (run: ScheduleRun): ScheduleRunDto => ({
  id: run.id,
  trigger: run.trigger,
  scheduledAt: run.scheduledAt.toISOString(),
  state: run.state,
  ticks: run.ticks,
  attempt: run.attempt,
  queuedAt: run.queuedAt.toISOString(),
  ...(run.requestedBy !== null && { requestedBy: run.requestedBy }),
  ...(run.nodeId !== null && { node: run.nodeId }),
  ...(run.startedAt !== null && { startedAt: run.startedAt.toISOString() }),
  ...(run.endedAt !== null && { endedAt: run.endedAt.toISOString() }),
  ...(run.code !== null && { code: run.code }),
  ...(run.message !== null && { message: run.message }),
});
