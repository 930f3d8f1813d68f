import type { MetricsDto } from "@patchbay/protocol";

const MINUTE_MS = 60_000;
const MINUTES_SHOWN = 60;
const BYTES_PER_MEGABYTE = 1_048_576;

/** One minute as charts show it. Where nothing was called there is no duration, where nothing ran no memory. */
export interface ChartMinute {
  /** RFC 3339. */
  readonly at: string;
  readonly calls: number;
  readonly errors: number;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly cpuMs: number;
  readonly memoryMb: number | null;
}

/** The last hour without gaps, oldest first: every minute up to that of `now`. */
export const minutesOf = ({ items }: MetricsDto, now: number): ChartMinute[] => {
  const byMinute = new Map(items.map((item) => [Math.floor(Date.parse(item.at) / MINUTE_MS), item]));
  const last = Math.floor(now / MINUTE_MS);
  return Array.from({ length: MINUTES_SHOWN }, (_, index) => {
    const minute = last - MINUTES_SHOWN + 1 + index;
    const found = byMinute.get(minute);
    const isCalled = found !== undefined && found.calls > 0;
    return {
      at: new Date(minute * MINUTE_MS).toISOString(),
      calls: found?.calls ?? 0,
      errors: found?.errors ?? 0,
      p50Ms: isCalled ? found.p50Ms : null,
      p95Ms: isCalled ? found.p95Ms : null,
      cpuMs: Math.round(found?.cpuMs ?? 0),
      memoryMb: found === undefined ? null : Math.round(found.residentBytes / BYTES_PER_MEGABYTE),
    };
  });
};
