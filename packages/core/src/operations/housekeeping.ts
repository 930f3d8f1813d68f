import { ClockWatch } from "../clock-watch.ts";
import type { Lifecycle } from "../plugins/installations/lifecycle.ts";
import type { Database } from "../ports/database.ts";
import type { Installation } from "../ports/installation-store.ts";
import type { World } from "../world.ts";
import type { ArtifactCollection } from "./artifacts/artifact-collection.ts";
import type { ArtifactSynchronization } from "./artifacts/artifact-synchronization.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** Newest lines that each installation's log keeps, and for how long. */
const KEPT_LOG_LINES = 10_000;
const KEPT_LOG_MS = 14 * DAY_MS;
/** The same of notifications, which people look at sooner or not at all. */
const KEPT_NOTIFICATIONS = 200;
const KEPT_NOTIFICATIONS_MS = 30 * DAY_MS;
/** Answers by Idempotency-Key are repeated for a day. */
const KEPT_ANSWERS_MS = DAY_MS;
/** A change takes at most a start's deadline; one of another node that is older than this was left behind by a crash. */
const ABANDONED_AFTER_MS = 10 * MINUTE_MS;

/** What must be done from time to time, by any node. */
export class Housekeeping {
  readonly #database: Database;
  readonly #lifecycle: Pick<Lifecycle, "recover" | "isLeft">;
  readonly #collection: Pick<ArtifactCollection, "run">;
  readonly #synchronization: Pick<ArtifactSynchronization, "run">;
  readonly #world: World;
  readonly #clock = new ClockWatch();

  constructor(parts: {
    database: Database;
    lifecycle: Pick<Lifecycle, "recover" | "isLeft">;
    collection: Pick<ArtifactCollection, "run">;
    synchronization: Pick<ArtifactSynchronization, "run">;
    world: World;
  }) {
    this.#database = parts.database;
    this.#lifecycle = parts.lifecycle;
    this.#collection = parts.collection;
    this.#synchronization = parts.synchronization;
    this.#world = parts.world;
  }

  /** At start: whatever this node had under way is abandoned, since only one process runs as this node. */
  async recoverOwn(): Promise<void> {
    this.#clock.look(this.#world.now());
    await this.#lifecycle.recover(({ transition }) => transition?.nodeId === this.#world.nodeId);
  }

  /** Every few seconds: changes of this node whose end could not be written, when the disk was full or the database away. */
  async settleOwn(): Promise<void> {
    await this.#lifecycle.recover((one) => this.#lifecycle.isLeft(one));
  }

  /** Every few minutes. What is too old goes, unless the clock was set a while ago: then nobody knows how old things are. */
  async tidy(): Promise<void> {
    const now = this.#world.now();
    const setBy = this.#clock.look(now);
    if (setBy !== 0)
      this.#world.log.warn(
        { seconds: Math.round(setBy / 1_000) },
        "The system's clock was set. Nothing is removed for its age for an hour.",
      );
    await this.#recoverAbandoned(now);
    if (this.#clock.isTrusted) await this.#removeOld(now);
    // What other nodes have enabled meanwhile; and last what depends on another machine than the database's.
    await this.#synchronization.run();
    if (this.#clock.isTrusted) await this.#collection.run();
  }

  /** Of other nodes; what they are at in truth goes on, and the first to write its end has it. */
  async #recoverAbandoned(now: Date): Promise<void> {
    const before = new Date(now.getTime() - ABANDONED_AFTER_MS);
    await this.#lifecycle.recover(
      (one) => one.transition?.nodeId !== this.#world.nodeId && startedBefore(one, before),
    );
  }

  async #removeOld(now: Date): Promise<void> {
    const before = (ms: number) => new Date(now.getTime() - ms);
    await this.#database.accounts.removeExpired(now);
    await this.#database.idempotency.removeOlder(before(KEPT_ANSWERS_MS));
    await this.#database.logs.trim(KEPT_LOG_LINES, before(KEPT_LOG_MS));
    await this.#database.notifications.trim(KEPT_NOTIFICATIONS, before(KEPT_NOTIFICATIONS_MS));
  }
}

const startedBefore = ({ transition }: Installation, time: Date): boolean =>
  transition !== null && new Date(transition.startedAt) < time;
