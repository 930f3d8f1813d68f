import { isWithin } from "@patchbay/protocol";
import { matchesPlugin } from "./plugin-patterns.ts";

export const UPDATE_STRATEGIES = ["off", "security", "patch", "all"] as const;
/**
 * `security`: versions that mend an advisory which touches the installed one. `patch`: besides, versions that differ in their last
 * number. `all`: every newer version.
 */
export type UpdateStrategy = (typeof UPDATE_STRATEGIES)[number];

export const WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** When updates may be made. */
export interface UpdateWindow {
  readonly days: readonly Weekday[];
  /** `HH:MM`; the window ends on the next day when `to` is not later than `from`. */
  readonly from: string;
  readonly to: string;
  /** An IANA name, such as `Europe/Berlin`. */
  readonly timeZone: string;
}

/** How an organization keeps its plugins current. Ids may be `publisher.*`. */
export interface AutoUpdateRules {
  readonly strategy: UpdateStrategy;
  readonly include: "all" | readonly string[];
  readonly exclude: readonly string[];
  /** null: at any time. */
  readonly window: UpdateWindow | null;
  /** How long a version must have been out. */
  readonly minimumAgeHours: number;
  /** Plugins whose versions need not have been out that long. */
  readonly ageExceptions: readonly string[];
  /** Versions that mend an advisory wait neither for the window nor for their age. */
  readonly securityAtOnce: boolean;
  /** What is other for single plugins, by id. A pin is a semver range that no update leaves, not even one by hand. */
  readonly plugins: Readonly<Record<string, { readonly strategy?: UpdateStrategy; readonly pin?: string }>>;
}

export const DEFAULT_AUTO_UPDATE: AutoUpdateRules = {
  strategy: "off",
  include: "all",
  exclude: [],
  window: null,
  minimumAgeHours: 72,
  ageExceptions: [],
  securityAtOnce: true,
  plugins: {},
};

export const strategyFor = (rules: AutoUpdateRules, pluginId: string): UpdateStrategy => {
  const own = rules.plugins[pluginId]?.strategy;
  if (own !== undefined) return own;
  const isMeant = matchesPlugin(rules.include, pluginId) && !matchesPlugin(rules.exclude, pluginId);
  return isMeant ? rules.strategy : "off";
};

/** Whether the window is open at this time. Throws `RangeError` for a time zone that is not known. */
export const isOpen = (window: UpdateWindow, now: Date): boolean => {
  const { day, minutes } = localTime(window.timeZone, now);
  const [from, to] = [minutesOf(window.from), minutesOf(window.to)];
  const yesterday = WEEKDAYS[(WEEKDAYS.indexOf(day) + 6) % 7] ?? day;
  if (from < to) return window.days.includes(day) && minutes >= from && minutes < to;
  return (window.days.includes(day) && minutes >= from) || (window.days.includes(yesterday) && minutes < to);
};

const localTime = (timeZone: string, now: Date): { day: Weekday; minutes: number } => {
  const format = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    weekday: "short",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  const parts = Object.fromEntries(format.formatToParts(now).map(({ type, value }) => [type, value]));
  const day = WEEKDAYS.find((one) => one === parts.weekday?.toLowerCase()) ?? "mon";
  return { day, minutes: Number(parts.hour) * 60 + Number(parts.minute) };
};

const minutesOf = (time: string): number => {
  const [hours = 0, minutes = 0] = time.split(":").map(Number);
  return hours * 60 + minutes;
};

/** Whether a version stays within a pin. */
export const isWithinPin = (pin: string | undefined, version: string): boolean =>
  pin === undefined || isWithin(version, pin, { prereleases: true });
