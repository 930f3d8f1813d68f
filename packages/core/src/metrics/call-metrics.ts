/** One minute of an installation's calls on this node. Durations in milliseconds. */
export interface MinuteMetrics {
  /** Start of the minute. */
  readonly at: string;
  readonly calls: number;
  readonly errors: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
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
  readonly buckets: Uint32Array;
}

/** Counts calls per installation and minute, for the last hour. In memory: a restart begins anew. */
export class CallMetrics {
  readonly #installations = new Map<string, Minute[]>();

  record(installationId: string, at: number, durationMs: number, failed: boolean): void {
    const minute = this.#minute(installationId, Math.floor(at / MINUTE_MS));
    minute.calls += 1;
    if (failed) minute.errors += 1;
    const bucket = bucketOf(durationMs);
    minute.buckets[bucket] = (minute.buckets[bucket] ?? 0) + 1;
  }

  /** Minutes with calls in the hour before `now`, oldest first. */
  of(installationId: string, now: Date): MinuteMetrics[] {
    return this.#since(installationId, now).map(({ minute, calls, errors, buckets }) => ({
      at: new Date(minute * MINUTE_MS).toISOString(),
      calls,
      errors,
      p50Ms: quantile(buckets, calls, 0.5),
      p95Ms: quantile(buckets, calls, 0.95),
    }));
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

  #minute(installationId: string, minute: number): Minute {
    const minutes = this.#installations.get(installationId) ?? [];
    const last = minutes.at(-1);
    if (last?.minute === minute) return last;
    const fresh = { minute, calls: 0, errors: 0, buckets: new Uint32Array(BUCKETS) };
    this.#installations.set(installationId, [
      ...minutes.filter((one) => one.minute > minute - KEPT_MINUTES),
      fresh,
    ]);
    return fresh;
  }
}

const bucketOf = (durationMs: number): number => {
  if (durationMs <= FIRST_EDGE_MS) return 0;
  return Math.min(BUCKETS - 1, Math.ceil(Math.log(durationMs / FIRST_EDGE_MS) / Math.log(EDGE_GROWTH)));
};

/** The upper edge of the bucket in which the quantile lies, in milliseconds. */
const quantile = (buckets: Uint32Array, calls: number, share: number): number => {
  let seen = 0;
  for (const [index, count] of buckets.entries()) {
    seen += count;
    if (seen >= calls * share) return Number((FIRST_EDGE_MS * EDGE_GROWTH ** index).toPrecision(3));
  }
  return 0;
};
