import { PatchbayError } from "@patchbay/protocol";
import type { AccountStore, User } from "../../ports/account-store.ts";
import type { World } from "../../world.ts";
import {
  FAILURE_WINDOW_MS,
  FIRST_PAUSE_MS,
  FREE_FAILURES,
  FREE_FAILURES_OF_NETWORK,
  KNOWN_NETWORK_MS,
  LONGEST_HELD_MS,
  LONGEST_PAUSE_MS,
  LONGEST_PAUSE_OF_NETWORK_MS,
  MAX_WAITING_ATTEMPTS,
} from "./limits.ts";
import { networkOf } from "./network.ts";

/**
 * Slows guessing down. Failures are counted, for each account and network together and for each network; never for an account alone,
 * since anybody could then keep its owner out. Where an account has signed in before, attempts are held, not refused: whoever
 * has the right password gets in from there, whatever neighbours do.
 */
export class SignInLimits {
  readonly #accounts: AccountStore;
  readonly #world: World;
  readonly #lanes = new Map<string, { last: Promise<unknown>; waiting: number }>();

  constructor(accounts: AccountStore, world: World) {
    this.#accounts = accounts;
    this.#world = world;
  }

  /**
   * Does `attempt`, which says whether the password was right, when it is its turn: one at a time for one account and network. Throws
   * `rate_limited` when it would be too soon.
   */
  async attempt(
    account: { readonly name: string; readonly user: User | null },
    client: string,
    attempt: () => Promise<boolean>,
  ): Promise<boolean> {
    const network = networkOf(client);
    const pair = `failed:${account.name} from ${network}`;
    return await this.#inTurn(pair, async () => {
      await this.#pause(account.user, pair, network);
      const isRight = await attempt();
      if (isRight) await this.#succeeded(account.user, pair, network);
      else await this.#failed([pair, `failed:${network}`]);
      return isRight;
    });
  }

  async #pause(user: User | null, pair: string, network: string): Promise<void> {
    const now = this.#world.now();
    const isKnown =
      user !== null &&
      (await this.#accounts.knowsNetwork(user.id, network, new Date(now.getTime() - KNOWN_NETWORK_MS)));
    const own = await this.#pauseAfter(pair, FREE_FAILURES, isKnown ? LONGEST_HELD_MS : LONGEST_PAUSE_MS);
    if (isKnown) return await new Promise((resolve) => setTimeout(resolve, own));
    const shared = await this.#pauseAfter(
      `failed:${network}`,
      FREE_FAILURES_OF_NETWORK,
      LONGEST_PAUSE_OF_NETWORK_MS,
    );
    if (own > 0 || shared > 0) throw tooMany(Math.max(own, shared));
  }

  /** How long it is until the next attempt, ms. */
  async #pauseAfter(subject: string, free: number, longestMs: number): Promise<number> {
    const now = this.#world.now().getTime();
    const { count, lastAt } = await this.#accounts.attemptsOf(subject, new Date(now - FAILURE_WINDOW_MS));
    if (count < free || lastAt === null) return 0;
    const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** Math.min(count - free, 30), longestMs);
    return Math.min(Math.max(lastAt.getTime() + pauseMs - now, 0), pauseMs);
  }

  async #succeeded(user: User | null, pair: string, network: string): Promise<void> {
    await this.#accounts.clearAttempts(pair);
    if (user !== null) await this.#accounts.noteNetwork(user.id, network, this.#world.now());
  }

  async #failed(subjects: readonly string[]): Promise<void> {
    const now = this.#world.now();
    for (const subject of subjects) await this.#accounts.countAttempt(subject, now, now);
  }

  async #inTurn<T>(key: string, work: () => Promise<T>): Promise<T> {
    const lane = this.#lanes.get(key) ?? { last: Promise.resolve(), waiting: 0 };
    if (lane.waiting >= MAX_WAITING_ATTEMPTS) throw tooMany(LONGEST_HELD_MS);
    this.#lanes.set(key, lane);
    lane.waiting += 1;
    const own = lane.last.then(work, work);
    lane.last = own.catch(() => undefined);
    try {
      return await own;
    } finally {
      lane.waiting -= 1;
      if (lane.waiting === 0) this.#lanes.delete(key);
    }
  }
}

const tooMany = (waitMs: number) => {
  const retryAfterSeconds = Math.ceil(waitMs / 1000);
  return new PatchbayError(
    "rate_limited",
    `Too many sign-ins failed. Wait ${retryAfterSeconds} seconds and try again.`,
    { facts: { retryAfterSeconds } },
  );
};
