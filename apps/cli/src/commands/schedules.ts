import type { ScheduleDto, ScheduleRunDto } from "@patchbay/protocol";
import type { Command } from "commander";
import type { CommonOptions } from "../common-options.ts";
import { Output, table, UsageError } from "../output.ts";
import { openClient } from "../session.ts";

type Options<T = unknown> = CommonOptions & T;

/** What plugins do at times of their own: `patchbay schedules`. */
export const addScheduleCommands = (program: Command): void => {
  const schedules = program
    .command("schedules")
    .description("See, run and pause what plugins do by themselves");

  schedules
    .command("list [plugin]")
    .description("List the schedules of a plugin, or of all")
    .action(async (plugin: string | undefined, options: Options) => {
      const found = await (await openClient(options.org)).schedules.list(plugin);
      const rows = found.map((one) => [one.plugin, one.name, timesOf(one), one.state, ...nextAndLast(one)]);
      const head = ["PLUGIN", "SCHEDULE", "RUNS", "STATE", "NEXT", "LAST"];
      new Output(options.json).result(found, table([head, ...rows]));
    });

  schedules
    .command("run <plugin> <schedule>")
    .description("Run a schedule now, paused or not")
    .action(async (plugin: string, schedule: string, options: Options) => {
      const run = await (await openClient(options.org)).schedules.run(plugin, schedule);
      new Output(options.json).result(run, `${schedule} of ${plugin} is ${run.state}.`);
    });

  schedules
    .command("cancel <plugin> <schedule>")
    .description("End the run that is under way")
    .action(async (plugin: string, schedule: string, options: Options) => {
      const cancelled = await (await openClient(options.org)).schedules.cancel(plugin, schedule);
      const text = cancelled ? "The run was ended." : "No run was under way.";
      new Output(options.json).result({ cancelled }, text);
    });

  for (const [step, paused, description] of [
    ["pause", true, "Let a schedule rest until it is resumed"],
    ["resume", false, "Let a paused schedule go on, without what was due meanwhile"],
  ] as const) {
    schedules
      .command(`${step} <plugin> <schedule>`)
      .description(description)
      .action(async (plugin: string, name: string, options: Options) => {
        const one = await (await openClient(options.org)).schedules.setPaused(plugin, name, paused);
        const next = one.nextAt === undefined ? "" : `; it runs next at ${one.nextAt}`;
        new Output(options.json).result(one, `${name} of ${plugin} is ${one.state}${next}.`);
      });
  }

  schedules
    .command("runs <plugin> <schedule>")
    .description("List a schedule's runs, newest first")
    .option("--limit <runs>", "how many, at most 200", "20")
    .action(async (plugin: string, schedule: string, options: Options<{ limit: string }>) => {
      const limit = requireLimit(options.limit);
      const { items } = await (await openClient(options.org)).schedules.runs(plugin, schedule, { limit });
      const rows = items.map((run) => [
        run.scheduledAt,
        run.state,
        run.trigger,
        tookOf(run),
        run.message ?? "",
      ]);
      new Output(options.json).result(items, table([["FOR", "STATE", "BY", "TOOK", ""], ...rows]));
    });
};

const timesOf = ({ cron, every, timezone = "UTC" }: ScheduleDto): string =>
  every === undefined ? `${cron} (${timezone})` : `every ${every}`;

const nextAndLast = ({ nextAt = "", lastRun }: ScheduleDto): [string, string] => [
  nextAt,
  lastRun === undefined ? "" : `${lastRun.state} ${lastRun.endedAt ?? lastRun.startedAt ?? ""}`.trim(),
];

const tookOf = ({ startedAt, endedAt }: ScheduleRunDto): string =>
  startedAt === undefined || endedAt === undefined ? "" : `${Date.parse(endedAt) - Date.parse(startedAt)} ms`;

const requireLimit = (text: string): number => {
  const limit = Number(text);
  if (Number.isInteger(limit) && limit >= 1 && limit <= 200) return limit;
  throw new UsageError(`"${text}" is not a number from 1 to 200.`);
};
