import type { PluginMetrics, PluginMinute } from "@patchbay/sdk/ui";

export const MINUTES = 60;
const MINUTE_MS = 60_000;

/** One hour of numbers, minute by minute, oldest first; a minute without calls is in it too. */
export type Hour = readonly PluginMinute[];

/** The hour up to `now`: what was measured, and quiet minutes in between. */
export const hourOf = (minutes: readonly PluginMinute[], now: number): Hour => {
  const known = new Map(minutes.map((minute) => [Math.floor(Date.parse(minute.at) / MINUTE_MS), minute]));
  const last = Math.floor(now / MINUTE_MS);
  return Array.from({ length: MINUTES }, (_, index) => {
    const minute = last - MINUTES + 1 + index;
    const at = new Date(minute * MINUTE_MS).toISOString();
    return known.get(minute) ?? { at, calls: 0, errors: 0, p50Ms: 0, p95Ms: 0 };
  });
};

/** An hour of all plugins together. Durations are those of the slowest: quantiles cannot be added. */
export const sumOf = (plugins: readonly PluginMetrics[], now: number): Hour => {
  const hours = plugins.map(({ minutes }) => hourOf(minutes, now));
  return hourOf([], now).map(({ at }, index) => {
    const here = hours.flatMap((hour) => hour[index] ?? []);
    return {
      at,
      calls: total(here, "calls"),
      errors: total(here, "errors"),
      p50Ms: Math.max(0, ...here.map(({ p50Ms }) => p50Ms)),
      p95Ms: Math.max(0, ...here.map(({ p95Ms }) => p95Ms)),
    };
  });
};

export const total = (minutes: readonly PluginMinute[], of: "calls" | "errors"): number =>
  minutes.reduce((sum, minute) => sum + minute[of], 0);

/** The slowest 95th percentile of any minute, in milliseconds. */
export const slowest = (minutes: readonly PluginMinute[]): number =>
  Math.max(0, ...minutes.map(({ p95Ms }) => p95Ms));
