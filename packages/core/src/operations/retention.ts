import { ClockWatch } from "../clock-watch.ts";
import type { Database } from "../ports/database.ts";
import type { World } from "../world.ts";
import type { ArtifactCollection } from "./artifacts/artifact-collection.ts";

const HOUR_MS = 60 * 60_000;
const DAY_MS = 24 * HOUR_MS;
/** Newest lines that each installation's log keeps, and for how long. */
const KEPT_LOG_LINES = 10_000;
const KEPT_LOG_MS = 14 * DAY_MS;
/** The same of notifications, which people look at sooner or not at all. */
const KEPT_NOTIFICATIONS = 200;
const KEPT_NOTIFICATIONS_MS = 30 * DAY_MS;
/** Newest runs that each schedule keeps: some hours of one that runs each minute, a month of one that runs every four hours. */
const KEPT_RUNS = 200;
const KEPT_RUNS_MS = 30 * DAY_MS;
/** Newest requests that each endpoint keeps, and for how long: some days are enough to look for what went wrong. */
const KEPT_ENDPOINT_REQUESTS = 1_000;
const KEPT_ENDPOINT_REQUESTS_MS = 14 * DAY_MS;
/** Ids of messages that were delivered: longer than senders repeat one. */
const KEPT_MESSAGE_IDS_MS = 7 * DAY_MS;
/**
 * Answers of models that clients go on from, since they were last used: 30 days, as clients of OpenAI expect, and the day within which a
 * use is noted only once.
 */
const KEPT_RESPONSES_MS = 31 * DAY_MS;
/** Changes of memories, by which they are told and undone, and extractions that have ended. */
const KEPT_MEMORY_CHANGES_MS = 30 * DAY_MS;
/** Accounts of models: a year, and the month with which it is compared. */
const KEPT_USAGE_MS = 400 * DAY_MS;
/** What was counted for budgets since their periods began: until after the last call that was let in before their end has ended. */
const KEPT_COUNTS_MS = { minute: HOUR_MS * 3, hour: HOUR_MS * 6, day: 3 * DAY_MS, month: 40 * DAY_MS };
/** Newest calls that each plugin keeps, whatever the policy says of days: one every thirteen seconds for a month. None takes the place of another's. */
const KEPT_CALLS = 200_000;
/** Answers by Idempotency-Key are repeated for a day. */
const KEPT_ANSWERS_MS = DAY_MS;

/** Removes what is too old or named by nothing any more. One node does it, for all of them. */
export class Retention {
  readonly #database: Database;
  readonly #collection: ArtifactCollection;
  readonly #world: World;
  readonly #clock = new ClockWatch();

  /** The clock is watched from now on. */
  constructor(database: Database, collection: ArtifactCollection, world: World) {
    this.#database = database;
    this.#collection = collection;
    this.#world = world;
    this.#clock.look(world.now());
  }

  /** Every few minutes. Nothing is removed when the clock was set a while ago: then nobody knows how old things are. */
  async run(): Promise<void> {
    const now = this.#world.now();
    const setBy = this.#clock.look(now);
    if (setBy !== 0)
      this.#world.log.warn(
        { seconds: Math.round(setBy / 1_000) },
        "The system's clock was set. Nothing is removed for its age for an hour.",
      );
    if (!this.#clock.isTrusted) return;
    const before = (ms: number) => new Date(now.getTime() - ms);
    await this.#database.accounts.removeExpired(now);
    await this.#database.idempotency.removeOlder(before(KEPT_ANSWERS_MS));
    await this.#database.logs.trim(KEPT_LOG_LINES, before(KEPT_LOG_MS));
    await this.#trimCalls(now);
    await this.#database.notifications.trim(KEPT_NOTIFICATIONS, before(KEPT_NOTIFICATIONS_MS));
    await this.#database.keptResponses.removeUnused(before(KEPT_RESPONSES_MS));
    await this.#database.modelUsage.removeBefore(before(KEPT_USAGE_MS));
    await this.#database.modelBudgets.trim({
      minute: before(KEPT_COUNTS_MS.minute),
      hour: before(KEPT_COUNTS_MS.hour),
      day: before(KEPT_COUNTS_MS.day),
      month: before(KEPT_COUNTS_MS.month),
    });
    await this.#database.memories.trim(before(KEPT_MEMORY_CHANGES_MS));
    await this.#database.schedules.trim(KEPT_RUNS, before(KEPT_RUNS_MS));
    await this.#database.endpoints.trim(
      KEPT_ENDPOINT_REQUESTS,
      before(KEPT_ENDPOINT_REQUESTS_MS),
      before(KEPT_MESSAGE_IDS_MS),
    );
    // Last what depends on another machine than the database's.
    await this.#collection.run();
  }

  /** By the policy of each organization, with what it does not want to be kept any more. */
  async #trimCalls(now: Date): Promise<void> {
    for (const { id } of await this.#database.organizations.listOrganizations()) {
      const { callDays } = await this.#database.organizations.findPolicy(id);
      await this.#database.calls.trim(id, KEPT_CALLS, new Date(now.getTime() - callDays * DAY_MS));
    }
  }
}
