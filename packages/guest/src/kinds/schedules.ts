import type { ScheduleContext, ScheduleDefinition, ToolContext } from "@patchbay/sdk";
import { answerCheckOf } from "@patchbay/sdk/files";
import { type GuestKind, isRecord, notThis } from "./kind.ts";

/** What the host says of a run. */
interface RunFacts {
  readonly scheduledAt: string;
  readonly idempotencyKey: string;
  readonly projects: ScheduleContext["projects"];
}

export const schedules: GuestKind<"schedules"> = {
  one: "schedule",
  notFound: "schedule_not_found",
  prepare(name, value) {
    if (!isRecord(value) || typeof value.run !== "function")
      throw notThis(`The schedule "${name}" has no function \`run\`.`);
    const schedule = value as unknown as ScheduleDefinition;
    const words = ["title", "description", "cron", "every", "timezone", "missed"] as const;
    const said = words.filter((word) => typeof schedule[word] === "string");
    return {
      found: { name, ...Object.fromEntries(said.map((word) => [word, schedule[word]])) },
      checkInput: async (input) => input,
      answers: () => answerCheckOf(undefined),
      run: async (facts, call) => {
        await schedule.run(contextOf(facts as RunFacts, call));
        return null;
      },
    };
  },
};

const contextOf = (
  { scheduledAt, idempotencyKey, projects }: RunFacts,
  call: ToolContext,
): ScheduleContext => ({
  scheduledAt,
  idempotencyKey,
  projects,
  trace: call.trace,
  get api() {
    return call.api;
  },
  get settings() {
    return call.settings;
  },
  get signal() {
    return call.signal;
  },
  get log() {
    return call.log;
  },
});
