import Type, { type Static } from "typebox";
import { MISSED_TICKS } from "../timing.ts";

const Time = Type.String({ description: "RFC 3339" });
const Person = Type.Object({
  kind: Type.Enum(["user", "api_key", "system"]),
  id: Type.Union([Type.String(), Type.Null()]),
  name: Type.String(),
});

/** One run of a schedule, or ticks that were passed over. */
export const ScheduleRunDto = Type.Object({
  id: Type.String({ description: "Also the idempotency key that the plugin gets" }),
  trigger: Type.Enum(["tick", "hand"]),
  requestedBy: Type.Optional(Person),
  scheduledAt: Type.String({ description: "RFC 3339: the tick, or when it was asked for" }),
  state: Type.Enum(["queued", "running", "succeeded", "failed", "skipped", "cancelled"]),
  ticks: Type.Integer({ description: "How many ticks it stands for; of very many, at least" }),
  attempt: Type.Integer({ description: "How often it was begun: more than once after a node had died" }),
  node: Type.Optional(Type.String({ description: "The node that began it last" })),
  queuedAt: Time,
  startedAt: Type.Optional(Time),
  endedAt: Type.Optional(Time),
  code: Type.Optional(Type.String({ description: "Of the error that it ended with" })),
  message: Type.Optional(Type.String()),
});
export type ScheduleRunDto = Static<typeof ScheduleRunDto>;

export const ScheduleDto = Type.Object({
  plugin: Type.String(),
  name: Type.String(),
  title: Type.Optional(Type.String()),
  description: Type.Optional(Type.String()),
  cron: Type.Optional(Type.String()),
  every: Type.Optional(Type.String()),
  timezone: Type.Optional(Type.String({ description: "Of cron; UTC unless given" })),
  missed: Type.Enum([...MISSED_TICKS]),
  state: Type.Enum(["active", "paused", "off"], {
    description: "off: the plugin does not serve, or was not granted schedule.run",
  }),
  paused: Type.Optional(Type.Object({ by: Person, at: Time })),
  nextAt: Type.Optional(Time),
  upcoming: Type.Array(Time, { description: "The next times, of which nextAt is the first" }),
  lastRun: Type.Optional(ScheduleRunDto),
});
export type ScheduleDto = Static<typeof ScheduleDto>;

export const SchedulePatch = Type.Object({ paused: Type.Boolean() }, { additionalProperties: false });
export type SchedulePatch = Static<typeof SchedulePatch>;

export const ScheduleCancelledDto = Type.Object({
  cancelled: Type.Boolean({ description: "false: no run was under way" }),
});
export type ScheduleCancelledDto = Static<typeof ScheduleCancelledDto>;
