import { LOOK_EVERY_MS, Scheduler, ScheduleStates, Schedules } from "@patchbay/core";
import { scheduleRoutes } from "../http/routes/schedules.ts";
import type { ServerMetrics } from "../metrics/server-metrics.ts";
import type { Durable } from "./durable.ts";
import type { Module } from "./module.ts";
import type { Plugins } from "./plugins.ts";
import type { Storage } from "./storage.ts";
import type { Trust } from "./trust.ts";

/** How often all of what is installed is compared with the schedules that are run: whatever was missed is mended then. */
const COMPARE_EVERY_MS = 10 * 60_000;

/** What plugins do at times of their own. */
export const openSchedules = (
  { database, world }: Storage,
  { blocks }: Trust,
  { context, directory, gateway }: Plugins,
  { work, leave }: Durable,
  metrics: ServerMetrics,
): Module => {
  if (work === null) return {};
  const scheduler = new Scheduler({ store: database.schedules, durable: work, gateway, world }, (run) =>
    metrics.recordRun(run),
  );
  const states = new ScheduleStates({ stores: database, directory, blocks, world });
  const schedules = new Schedules(context, scheduler, work);
  /** What fails is mended by the next comparison. */
  const followed = (following: Promise<void>): void =>
    void following.catch((error: unknown) =>
      world.log.warn({ err: error }, "schedules were not brought up to date"),
    );
  return {
    routes: (app) => scheduleRoutes(app, { schedules }),
    chores: [
      {
        name: "schedules",
        per: "node",
        failure: "it was not looked for schedules that are due",
        everyMs: LOOK_EVERY_MS,
        run: () => scheduler.look(),
      },
      {
        name: "compare-schedules",
        per: "deployment",
        failure: "schedules were not compared with what is installed",
        everyMs: COMPARE_EVERY_MS,
        firstMs: 0,
        run: async () => {
          await states.followAll();
          await scheduler.endLost();
        },
      },
    ],
    onChange: (change) => {
      if (change.kind === "schedule" || change.kind === "everything") scheduler.wake();
      if (change.kind === "everything") followed(states.followAll());
      if (change.kind !== "installation") return;
      const { organizationId, pluginId } = change;
      if (organizationId !== undefined && pluginId !== undefined)
        followed(states.follow(organizationId, pluginId));
    },
    close: leave,
  };
};
