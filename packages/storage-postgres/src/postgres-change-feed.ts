import { CHANGES, type Change, type ChangeFeed, type ChangePlace, type DomainLog } from "@patchbay/core";
import pg from "pg";
import {
  FIRST_RECONNECT_PAUSE_MS,
  HEARTBEAT_MS,
  HEARTBEAT_TIMEOUT_MS,
  LONGEST_RECONNECT_PAUSE_MS,
} from "./limits.ts";

const CHANNEL = "patchbay_changes";
/** Only a node itself knows that it may have missed something. */
const KINDS: ReadonlySet<unknown> = new Set(Object.keys(CHANGES).filter((kind) => kind !== "everything"));

/** Changes as triggers tell them, on a connection of its own that is opened again whenever it is lost. */
export class PostgresChangeFeed implements ChangeFeed {
  readonly #config: pg.ClientConfig;
  readonly #log: DomainLog;
  readonly #listeners = new Set<(change: Change) => void>();
  #client: pg.Client | undefined;
  #heartbeat: NodeJS.Timeout | undefined;
  #retry: NodeJS.Timeout | undefined;
  #pauseMs = FIRST_RECONNECT_PAUSE_MS;
  #closed = false;

  private constructor(config: pg.ClientConfig, log: DomainLog) {
    const application_name = `${config.application_name ?? "patchbay"} changes`;
    this.#config = { ...config, application_name, query_timeout: HEARTBEAT_TIMEOUT_MS, keepAlive: true };
    this.#log = log;
  }

  /** Comes back when it listens: no change after that is missed. */
  static async start(config: pg.ClientConfig, log: DomainLog): Promise<PostgresChangeFeed> {
    const feed = new PostgresChangeFeed(config, log);
    await feed.#listen();
    return feed;
  }

  subscribe(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Comes back when all that was committed before has been told here: PostgreSQL sends what it has to tell ahead of the answer to a
   * query. At once while the connection is lost, after which everything counts as changed.
   */
  async caughtUp(): Promise<void> {
    const client = this.#client;
    if (client !== undefined) await this.#check(client);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#retry);
    clearInterval(this.#heartbeat);
    const client = this.#client;
    this.#client = undefined;
    await client?.end();
  }

  async #listen(): Promise<void> {
    const client = new pg.Client(this.#config);
    client.on("error", (error) => this.#lost(client, error));
    client.on("end", () => this.#lost(client, new Error("The server closed the connection.")));
    client.on("notification", ({ payload }) => this.#receive(payload ?? ""));
    try {
      await client.connect();
      await client.query(`listen ${CHANNEL}`);
    } catch (error) {
      discard(client);
      throw error;
    }
    if (this.#closed) return await client.end();
    this.#client = client;
    this.#pauseMs = FIRST_RECONNECT_PAUSE_MS;
    this.#heartbeat = setInterval(() => void this.#check(client), HEARTBEAT_MS);
    this.#heartbeat.unref();
  }

  /** A connection whose other end vanished without a word looks alive until it is used. */
  async #check(client: pg.Client): Promise<void> {
    try {
      await client.query("select 1");
    } catch (error) {
      this.#lost(client, error);
    }
  }

  #lost(client: pg.Client, error: unknown): void {
    if (this.#client !== client) return;
    this.#client = undefined;
    clearInterval(this.#heartbeat);
    discard(client);
    this.#log.warn({ err: error }, "The connection that tells of changes was lost; opening it again.");
    this.#retryLater();
  }

  #retryLater(): void {
    if (this.#closed) return;
    this.#retry = setTimeout(() => void this.#listenAgain(), this.#pauseMs);
    this.#retry.unref();
    this.#pauseMs = Math.min(this.#pauseMs * 2, LONGEST_RECONNECT_PAUSE_MS);
  }

  async #listenAgain(): Promise<void> {
    try {
      await this.#listen();
    } catch (error) {
      this.#log.warn(
        { err: error },
        "The connection that tells of changes could not be opened; trying again.",
      );
      this.#retryLater();
      return;
    }
    if (this.#closed) return;
    this.#log.info({}, "Changes are told again.");
    this.#emit({ kind: "everything" });
  }

  #receive(payload: string): void {
    const change = parseChange(payload);
    if (change !== null) this.#emit(change);
    else this.#log.warn({ payload }, "Something that is not a change was sent to Patchbay's channel.");
  }

  #emit(change: Change): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(change);
      } catch (error) {
        this.#log.error({ err: error, change }, "A change was not handled.");
      }
    }
  }
}

/** Lets go of a connection that is of no use, whatever state it is in. */
const discard = (client: pg.Client): void => {
  client.end().catch(() => undefined);
};

/** Anyone with the database may send to the channel, also a newer Patchbay. */
const parseChange = (payload: string): Change | null => {
  try {
    const { kind, id, ...place } = JSON.parse(payload) as Readonly<Record<string, unknown>>;
    return KINDS.has(kind) && typeof id === "string" ? ({ kind, id, ...placeOf(place) } as Change) : null;
  } catch {
    return null; // not JSON, so not a change
  }
};

const placeOf = ({ organization, plugin, project, user, aspects }: Record<string, unknown>): ChangePlace => ({
  ...(typeof organization === "string" && { organizationId: organization }),
  ...(typeof plugin === "string" && { pluginId: plugin }),
  ...(typeof project === "string" && { project }),
  ...(typeof user === "string" && { userId: user }),
  ...(Array.isArray(aspects) && { aspects: aspects.filter((one) => one === "grants" || one === "scope") }),
});
