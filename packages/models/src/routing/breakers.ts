import {
  BREAKER_FAILURES,
  BREAKER_LONGEST_REST_MS,
  BREAKER_REST_MS,
  BREAKER_SHARE,
  BREAKER_WINDOW_MS,
  MAX_WATCHED_MODELS,
} from "./limits.ts";

interface Health {
  /** Answers of the window by the second in which they ended, the oldest first. */
  seconds: { readonly second: number; good: number; failed: number }[];
  /** Until when it is left out; 0: it is not. */
  restsUntil: number;
  restMs: number;
  /** Until when a request that tells if it is well again keeps others away; 0: there is none. */
  probedUntil: number;
}

/** How the outcome of a request is told. Once; a request that ends otherwise says `leave`. */
export interface Watched {
  end(isGood: boolean): void;
  /** It says nothing of the model. */
  leave(): void;
}

/**
 * Which models are left out because their answers fail, by key, as this node has seen it. Once it has rested, one request is the probe:
 * all others go by until that one was answered, or for as long as a model may rest: whoever reads slowly keeps a model that is well from
 * nobody for longer.
 */
export class Breakers {
  readonly #now: () => number;
  readonly #models = new Map<string, Health>();

  /** `now` in milliseconds, of a clock that nobody sets. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** How long the model is left out, in milliseconds; 0 when it is to be asked. */
  restOf(key: string): number {
    const health = this.#models.get(key);
    if (health === undefined || health.restsUntil === 0) return 0;
    const left = health.restsUntil - this.#now();
    if (left > 0) return left;
    return health.probedUntil > this.#now() ? BREAKER_REST_MS : 0;
  }

  /** A request begins. */
  watch(key: string): Watched {
    const health = this.#models.get(key) ?? { seconds: [], restsUntil: 0, restMs: 0, probedUntil: 0 };
    this.#models.delete(key);
    this.#models.set(key, health);
    for (const oldest of this.#models.keys()) {
      if (this.#models.size <= MAX_WATCHED_MODELS) break;
      this.#models.delete(oldest);
    }
    const isProbe = health.restsUntil !== 0 && this.restOf(key) === 0;
    const probedUntil = this.#now() + BREAKER_LONGEST_REST_MS;
    if (isProbe) health.probedUntil = probedUntil;
    let isOver = false;
    const once = (then: () => void): void => {
      if (isOver) return;
      isOver = true;
      if (isProbe && health.probedUntil === probedUntil) health.probedUntil = 0;
      then();
    };
    return {
      end: (isGood) => once(() => this.#record(health, { isGood, isProbe })),
      leave: () => once(() => undefined),
    };
  }

  #record(
    health: Health,
    { isGood, isProbe }: { readonly isGood: boolean; readonly isProbe: boolean },
  ): void {
    const now = this.#now();
    if (isProbe && isGood) {
      Object.assign(health, { seconds: [], restsUntil: 0, restMs: 0 });
      return;
    }
    if (isProbe) {
      this.#rest(health, now);
      return;
    }
    // Requests that were under way when it began to rest say nothing new.
    if (health.restsUntil !== 0) return;
    countIn(health, Math.floor(now / 1_000), isGood);
    let good = 0;
    let failed = 0;
    for (const one of health.seconds) {
      good += one.good;
      failed += one.failed;
    }
    if (failed >= BREAKER_FAILURES && failed >= (good + failed) * BREAKER_SHARE) this.#rest(health, now);
  }

  #rest(health: Health, now: number): void {
    health.restMs = Math.min(
      health.restMs === 0 ? BREAKER_REST_MS : health.restMs * 2,
      BREAKER_LONGEST_REST_MS,
    );
    health.restsUntil = now + health.restMs;
    health.seconds = [];
  }
}

/** Counts an answer, and forgets what is older than the window. */
const countIn = ({ seconds }: Health, second: number, isGood: boolean): void => {
  while (seconds[0] !== undefined && (second - seconds[0].second) * 1_000 >= BREAKER_WINDOW_MS)
    seconds.shift();
  let last = seconds.at(-1);
  if (last?.second !== second) {
    last = { second, good: 0, failed: 0 };
    seconds.push(last);
  }
  if (isGood) last.good += 1;
  else last.failed += 1;
};
