import Type, { type Static } from "typebox";
import type { FieldError, Result } from "../errors.ts";
import { ContributionName, Description, OptionalTitle, strict } from "../manifest-fields.ts";
import { cronFault, everyMs, isTimeZone, MISSED_TICKS } from "../timing.ts";
import { type ServerKind, wordsOf } from "./kind.ts";

const TIMING = {
  cron: Type.Optional(
    Type.String({ maxLength: 200, description: "a cron expression of five fields, such as 0 6 * * 1-5" }),
  ),
  every: Type.Optional(
    Type.String({
      pattern: "^[1-9][0-9]{0,4}[smhd]$",
      description: "a span of time: a number with s, m, h or d, such as 15m",
    }),
  ),
  timezone: Type.Optional(
    Type.String({ maxLength: 64, description: "a time zone for cron, such as Europe/Berlin" }),
  ),
  missed: Type.Optional(Type.Enum([...MISSED_TICKS], { description: `one of ${MISSED_TICKS.join(", ")}` })),
};

const ScheduleContribution = Type.Object(
  { name: ContributionName, title: OptionalTitle, description: Type.Optional(Description), ...TIMING },
  { ...strict, description: "an object with name, and either cron or every" },
);
type ScheduleContribution = Static<typeof ScheduleContribution>;

const FoundSchedule = Type.Object({
  name: Type.String({ maxLength: 128 }),
  title: Type.Optional(Type.String({ maxLength: 256 })),
  description: Type.Optional(Type.String({ maxLength: 4_096 })),
  cron: Type.Optional(Type.String({ maxLength: 200 })),
  every: Type.Optional(Type.String({ maxLength: 16 })),
  timezone: Type.Optional(Type.String({ maxLength: 64 })),
  missed: Type.Optional(Type.Enum([...MISSED_TICKS])),
});
type FoundSchedule = Static<typeof FoundSchedule>;

/** Functions of server code that Patchbay calls at times that the entry names. */
export const schedules = {
  words: { one: "schedule", many: "schedules" },
  entry: ScheduleContribution,
  list: { maxItems: 50, description: "a list of schedules" },
  bundle: "main",
  found: FoundSchedule,
  notFound: "schedule_not_found",
  permissionOf: () => ({ name: "schedule.run" as const, field: "" }),
  faultsOf(
    { cron, every, timezone }: ScheduleContribution,
    pointer: string,
    { minEveryMs }: { readonly minEveryMs: number },
  ): FieldError[] {
    const faults: FieldError[] = [];
    const fault = (field: string, message: string) =>
      faults.push({ pointer: `${pointer}${field === "" ? "" : `/${field}`}`, message });
    if ((cron === undefined) === (every === undefined))
      fault("", 'Say when it runs: give either "cron" or "every".');
    const wrong = cron === undefined ? null : cronFault(cron);
    if (wrong !== null) fault("cron", wrong);
    if (every !== undefined && everyMs(every) < minEveryMs)
      fault("every", `It may run every ${minEveryMs / 1_000} seconds at the most; give a longer span.`);
    if (timezone !== undefined && !isTimeZone(timezone))
      fault("timezone", `"${timezone}" is not a time zone such as Europe/Berlin.`);
    if (timezone !== undefined && cron === undefined)
      fault("timezone", 'Only "cron" has a time zone: a span of time is as long everywhere.');
    return faults;
  },
  entryOf(
    { name, title, description, ...timing }: FoundSchedule,
    declared: ScheduleContribution | undefined,
  ): Result<ScheduleContribution, string> {
    // What the code says of the time replaces all that the manifest says of it.
    const { cron, every, timezone, missed } = Object.keys(timing).length > 0 ? timing : (declared ?? {});
    if (cron === undefined && every === undefined)
      return { ok: false, error: `Say in the code when "${name}" runs, by "cron" or "every".` };
    const value = {
      name,
      ...wordsOf({ title, description }, declared),
      ...(cron !== undefined && { cron }),
      ...(every !== undefined && { every }),
      ...(timezone !== undefined && { timezone }),
      ...(missed !== undefined && { missed }),
    };
    return { ok: true, value };
  },
} as const satisfies ServerKind;
