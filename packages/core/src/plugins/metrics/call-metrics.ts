/** What an installation did and used on this node in a span of time. */
export interface UsageMetrics extends CallCount {
  /** Durations of its calls; 0 without any. */
  readonly p50Ms: number;
  readonly p95Ms: number;
  /** Processor time of its instances. */
  readonly cpuMs: number;
  /** The most that its instances held together; 0 when none ran. */
  readonly residentBytes: number;
}

export interface MinuteMetrics extends UsageMetrics {
  /** Start of the minute. */
  readonly at: string;
}

/** Calls of a span of time, and how many of them failed. */
export interface CallCount {
  readonly calls: number;
  readonly errors: number;
}

const MINUTE_MS = 60_000;
const KEPT_MINUTES = 60;
/** Bucket edges grow by a quarter from 0.05 ms to 5 minutes: quantiles are right within 25 %. */
const FIRST_EDGE_MS = 0.05;
const EDGE_GROWTH = 1.25;
const BUCKETS = 72;

interface Minute {
  readonly minute: number;
  calls: number;
  errors: number;
  cpuMs: number;
  residentBytes: number;
  readonly buckets: Uint32Array;
}

/** Counts calls and what they take, per installation and minute, for the last hour. In memory: a restart begins anew. */
export class CallMetrics {
  readonly #installations = new Map<string, Minute[]>();
  readonly #startedAt: Date;

  /** `startedAt`: since when it counts. */
  constructor(startedAt: Date) {
    this.#startedAt = startedAt;
  }

  /** Whether it has counted for less than the hour before `now`: then since when, else null. */
  countsSince(now: Date): Date | null {
    return now.getTime() - this.#startedAt.getTime() < KEPT_MINUTES * MINUTE_MS ? this.#startedAt : null;
  }

  record(installationId: string, at: number, durationMs: number, failed: boolean): void {
    const minute = this.#minute(installationId, Math.floor(at / MINUTE_MS));
    minute.calls += 1;
    if (failed) minute.errors += 1;
    const bucket = bucketOf(durationMs);
    minute.buckets[bucket] = (minute.buckets[bucket] ?? 0) + 1;
  }

  /** Adds what its instances have used since the last reading, and what they hold now. */
  addUsage(installationId: string, at: number, usage: { cpuMs: number; residentBytes: number }): void {
    const minute = this.#minute(installationId, Math.floor(at / MINUTE_MS));
    minute.cpuMs += usage.cpuMs;
    minute.residentBytes = Math.max(minute.residentBytes, usage.residentBytes);
  }

  /** Minutes of the hour before `now` in which it was called or ran, oldest first. */
  of(installationId: string, now: Date): MinuteMetrics[] {
    return this.#since(installationId, now).map((minute) => ({
      at: new Date(minute.minute * MINUTE_MS).toISOString(),
      ...metricsOf(minute),
    }));
  }

  /** The hour before `now` as a whole. */
  total(installationId: string, now: Date): UsageMetrics {
    const hour = emptyMinute(0);
    for (const minute of this.#since(installationId, now)) {
      hour.calls += minute.calls;
      hour.errors += minute.errors;
      hour.cpuMs += minute.cpuMs;
      hour.residentBytes = Math.max(hour.residentBytes, minute.residentBytes);
      for (const [index, count] of minute.buckets.entries())
        hour.buckets[index] = (hour.buckets[index] ?? 0) + count;
    }
    return metricsOf(hour);
  }

  /** All calls of the hour before `now`. */
  lastHour(installationId: string, now: Date): CallCount {
    let [calls, errors] = [0, 0];
    for (const minute of this.#since(installationId, now)) {
      calls += minute.calls;
      errors += minute.errors;
    }
    return { calls, errors };
  }

  forget(installationId: string): void {
    this.#installations.delete(installationId);
  }

  #since(installationId: string, now: Date): Minute[] {
    const first = Math.floor(now.getTime() / MINUTE_MS) - KEPT_MINUTES;
    return (this.#installations.get(installationId) ?? []).filter(({ minute }) => minute > first);
  }

  /** A call counts where it began: a long one belongs to a minute that others have followed. */
  #minute(installationId: string, minute: number): Minute {
    const minutes = this.#installations.get(installationId) ?? [];
    const known = minutes.find((one) => one.minute === minute);
    if (known !== undefined) return known;
    const fresh = emptyMinute(minute);
    const newest = Math.max(minute, minutes.at(-1)?.minute ?? minute);
    const kept = [...minutes, fresh].filter((one) => one.minute > newest - KEPT_MINUTES);
    this.#installations.set(
      installationId,
      kept.sort((a, b) => a.minute - b.minute),
    );
    return fresh;
  }
}

const emptyMinute = (minute: number): Minute => ({
  minute,
  calls: 0,
  errors: 0,
  cpuMs: 0,
  residentBytes: 0,
  buckets: new Uint32Array(BUCKETS),
});

const metricsOf = ({ calls, errors, cpuMs, residentBytes, buckets }: Minute): UsageMetrics => ({
  calls,
  errors,
  p50Ms: quantile(buckets, calls, 0.5),
  p95Ms: quantile(buckets, calls, 0.95),
  cpuMs,
  residentBytes,
});

const bucketOf = (durationMs: number): number => {
  if (durationMs <= FIRST_EDGE_MS) return 0;
  return Math.min(BUCKETS - 1, Math.ceil(Math.log(durationMs / FIRST_EDGE_MS) / Math.log(EDGE_GROWTH)));
};

/** The upper edge of the bucket in which the quantile lies, in milliseconds; 0 without calls. */
const quantile = (buckets: Uint32Array, calls: number, share: number): number => {
  if (calls === 0) return 0;
  let seen = 0;
  for (const [index, count] of buckets.entries()) {
    seen += count;
    if (seen >= calls * share) return Number((FIRST_EDGE_MS * EDGE_GROWTH ** index).toPrecision(3));
  }
  return 0;
};
