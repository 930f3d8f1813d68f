import { networkOf } from "@patchbay/core";
import { PatchbayError } from "@patchbay/protocol";
import { MAX_WATCHED_NETWORKS, STRANGERS_BURST, STRANGERS_PER_SECOND } from "./limits.ts";
import type { App } from "./route.ts";

interface Bucket {
  left: number;
  at: number;
}

/** Requests of those who are not known, by network: so many at once, and so many each second after that. */
export class StrangersLimit {
  readonly #buckets = new Map<string, Bucket>();
  readonly #now: () => number;

  /** `now` in ms. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Takes one request of the client's. How many are left, and in how many seconds there will be all of them again. */
  take(client: string): {
    readonly isAllowed: boolean;
    readonly left: number;
    readonly fullInSeconds: number;
  } {
    const network = networkOf(client);
    const now = this.#now();
    const bucket = this.#buckets.get(network) ?? { left: STRANGERS_BURST, at: now };
    const refilled = bucket.left + (Math.max(now - bucket.at, 0) / 1000) * STRANGERS_PER_SECOND;
    const available = Math.min(refilled, STRANGERS_BURST);
    const isAllowed = available >= 1;
    const left = isAllowed ? available - 1 : available;
    this.#keep(network, { left, at: now });
    const fullInSeconds = Math.ceil((STRANGERS_BURST - left) / STRANGERS_PER_SECOND);
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

/** Bounds what strangers may ask that costs something: ways to sign in. Reading the registry costs next to nothing. */
export const registerStrangersLimit = (app: App): void => {
  const limit = new StrangersLimit();
  app.addHook("onRequest", (request, reply, done) => {
    const { url, config } = request.routeOptions;
    if (config.public !== true || url?.startsWith("/api/") !== true) return done();
    const { isAllowed, left, fullInSeconds } = limit.take(request.ip);
    reply.header(
      "ratelimit-policy",
      `"strangers";q=${STRANGERS_BURST};w=${STRANGERS_BURST / STRANGERS_PER_SECOND}`,
    );
    reply.header("ratelimit", `"strangers";r=${left};t=${fullInSeconds}`);
    if (isAllowed) return done();
    const facts = { retryAfterSeconds: 1 };
    done(
      new PatchbayError("rate_limited", "Too many requests came from your network. Wait a second.", {
        facts,
      }),
    );
  });
};
