import { networkOf } from "@patchbay/core";
import { PatchbayError } from "@patchbay/protocol";
import { MAX_WATCHED_NETWORKS, SIGN_INS_PER_SECOND, STRANGERS_BURST_SECONDS } from "./limits.ts";
import type { App } from "./route.ts";

interface Bucket {
  left: number;
  at: number;
}

/** Requests of those who are not known, by network: so many at once, and so many each second after that. */
export class StrangersLimit {
  readonly #buckets = new Map<string, Bucket>();
  readonly #perSecond: number;
  readonly #now: () => number;

  /** `now` in ms. */
  constructor(perSecond: number, now: () => number = () => performance.now()) {
    this.#perSecond = perSecond;
    this.#now = now;
  }

  /** How many may come at once. */
  get burst(): number {
    return this.#perSecond * STRANGERS_BURST_SECONDS;
  }

  /** Takes one request of the client's. How many are left, and in how many seconds there will be all of them again. */
  take(client: string): {
    readonly isAllowed: boolean;
    readonly left: number;
    readonly fullInSeconds: number;
  } {
    const network = networkOf(client);
    const now = this.#now();
    const bucket = this.#buckets.get(network) ?? { left: this.burst, at: now };
    const refilled = bucket.left + (Math.max(now - bucket.at, 0) / 1000) * this.#perSecond;
    const available = Math.min(refilled, this.burst);
    const isAllowed = available >= 1;
    const left = isAllowed ? available - 1 : available;
    this.#keep(network, { left, at: now });
    const fullInSeconds = Math.ceil((this.burst - left) / this.#perSecond);
    return { isAllowed, left: Math.floor(left), fullInSeconds };
  }

  /** The one that was used longest ago makes room: it is full again, or nearly. */
  #keep(network: string, bucket: Bucket): void {
    this.#buckets.delete(network);
    this.#buckets.set(network, bucket);
    if (this.#buckets.size <= MAX_WATCHED_NETWORKS) return;
    const [oldest] = this.#buckets.keys();
    if (oldest !== undefined) this.#buckets.delete(oldest);
  }
}

/** Whoever looks after the server asks these, and ends it when they do not answer: no stranger may use them up. They cost next to nothing. */
const WATCHED: ReadonlySet<string> = new Set(["/healthz", "/readyz"]);

/**
 * Bounds what may be asked without saying who asks: ways to sign in, which cost something, and all the rest, which costs little.
 * `perSecond` is for the rest; null for no bound.
 */
export const registerStrangersLimit = (app: App, perSecond: number | null): void => {
  const signIns = new StrangersLimit(SIGN_INS_PER_SECOND);
  const others = perSecond === null ? null : new StrangersLimit(perSecond);
  app.addHook("onRequest", (request, reply, done) => {
    const { url, config } = request.routeOptions;
    if ((config.public !== true && !request.is404) || WATCHED.has(url ?? "")) return done();
    const limit = url?.startsWith("/api/") === true ? signIns : others;
    if (limit === null) return done();
    const { isAllowed, left, fullInSeconds } = limit.take(request.ip);
    reply
      .header("ratelimit-policy", `"strangers";q=${limit.burst};w=${STRANGERS_BURST_SECONDS}`)
      .header("ratelimit", `"strangers";r=${left};t=${fullInSeconds}`);
    if (isAllowed) return done();
    const facts = { retryAfterSeconds: 1 };
    done(
      new PatchbayError("rate_limited", "Too many requests came from your network. Wait a second.", {
        facts,
      }),
    );
  });
};
