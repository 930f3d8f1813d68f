import { setTimeout as sleep } from "node:timers/promises";
import type { ChangeFeed, Database, DatabaseSnapshot, DomainLog, Stores } from "@patchbay/core";
import { type Kysely, sql } from "kysely";
import pg from "pg";
import { PostgresSnapshot } from "./backup/postgres-snapshot.ts";
import { openDatabase, openPool } from "./connection.ts";
import { isUnreachable } from "./errors.ts";
import {
  CONNECT_TIMEOUT_MS,
  FIRST_CONNECTION_MS,
  FIRST_CONNECTION_PAUSE_MS,
  MIN_SERVER_MAJOR,
} from "./limits.ts";
import { migrate } from "./migrations/index.ts";
import { PostgresChangeFeed } from "./postgres-change-feed.ts";
import { PostgresAccountStore } from "./stores/postgres-account-store.ts";
import { PostgresAdvisoryStore } from "./stores/postgres-advisory-store.ts";
import { PostgresArtifactIndex } from "./stores/postgres-artifact-index.ts";
import { PostgresAuditStore } from "./stores/postgres-audit-store.ts";
import { PostgresAutoUpdateStore } from "./stores/postgres-auto-update-store.ts";
import { PostgresCallStore } from "./stores/postgres-call-store.ts";
import { PostgresCatalogStore } from "./stores/postgres-catalog-store.ts";
import { PostgresClientCallStore } from "./stores/postgres-client-call-store.ts";
import { PostgresConversationStore } from "./stores/postgres-conversation-store.ts";
import { PostgresEndpointStore } from "./stores/postgres-endpoint-store.ts";
import { PostgresIdempotencyStore } from "./stores/postgres-idempotency-store.ts";
import { PostgresInstallationStore } from "./stores/postgres-installation-store.ts";
import { PostgresJobStore } from "./stores/postgres-job-store.ts";
import { PostgresKeptResponseStore } from "./stores/postgres-kept-response-store.ts";
import { PostgresLogStore } from "./stores/postgres-log-store.ts";
import { PostgresMcpServerStore } from "./stores/postgres-mcp-server-store.ts";
import { PostgresMemoryStore } from "./stores/postgres-memory-store.ts";
import { PostgresMessageHookStore } from "./stores/postgres-message-hook-store.ts";
import { PostgresModelBudgetStore } from "./stores/postgres-model-budget-store.ts";
import { PostgresModelRulesStore } from "./stores/postgres-model-rules-store.ts";
import { PostgresModelUsageStore } from "./stores/postgres-model-usage-store.ts";
import { PostgresNodeStore } from "./stores/postgres-node-store.ts";
import { PostgresNotificationStore } from "./stores/postgres-notification-store.ts";
import { PostgresOfferStore } from "./stores/postgres-offer-store.ts";
import { PostgresOrganizationStore } from "./stores/postgres-organization-store.ts";
import { PostgresPluginDataStore } from "./stores/postgres-plugin-data-store.ts";
import { PostgresPublisherKeyStore } from "./stores/postgres-publisher-key-store.ts";
import { PostgresRegistryStore } from "./stores/postgres-registry-store.ts";
import { PostgresRequestStore } from "./stores/postgres-request-store.ts";
import { PostgresScheduleStore } from "./stores/postgres-schedule-store.ts";
import { PostgresSecretKeyStore } from "./stores/postgres-secret-key-store.ts";
import { PostgresSettingsStore } from "./stores/postgres-settings-store.ts";
import { PostgresSourceTokenStore } from "./stores/postgres-source-token-store.ts";
import { PostgresToolsetStore } from "./stores/postgres-toolset-store.ts";
import type { Tables } from "./tables.ts";

/**
 * Patchbay's tables in one PostgreSQL database, shared by all nodes. Every method throws `unavailable` when the server cannot
 * be reached.
 */
export class PostgresDatabase implements Database {
  readonly accounts: Stores["accounts"];
  readonly endpoints: Stores["endpoints"];
  readonly organizations: Stores["organizations"];
  readonly catalog: Stores["catalog"];
  readonly artifacts: Stores["artifacts"];
  readonly installations: Stores["installations"];
  readonly settings: Stores["settings"];
  readonly pluginData: Stores["pluginData"];
  readonly conversations: Stores["conversations"];
  readonly audit: Stores["audit"];
  readonly logs: Stores["logs"];
  readonly calls: Stores["calls"];
  readonly notifications: Stores["notifications"];
  readonly requests: Stores["requests"];
  readonly idempotency: Stores["idempotency"];
  readonly publisherKeys: Stores["publisherKeys"];
  readonly registry: Stores["registry"];
  readonly offers: Stores["offers"];
  readonly sourceTokens: Stores["sourceTokens"];
  readonly secretKeys: Stores["secretKeys"];
  readonly advisories: Stores["advisories"];
  readonly autoUpdates: Stores["autoUpdates"];
  readonly nodes: Stores["nodes"];
  readonly jobs: Stores["jobs"];
  readonly schedules: Stores["schedules"];
  readonly keptResponses: Stores["keptResponses"];
  readonly memories: Stores["memories"];
  readonly modelRules: Stores["modelRules"];
  readonly messageHooks: Stores["messageHooks"];
  readonly toolsets: Stores["toolsets"];
  readonly mcpServers: Stores["mcpServers"];
  readonly clientCalls: Stores["clientCalls"];
  readonly modelUsage: Stores["modelUsage"];
  readonly modelBudgets: Stores["modelBudgets"];
  readonly changes: ChangeFeed;
  readonly #db: Kysely<Tables>;
  readonly #feed: PostgresChangeFeed;
  readonly #config: pg.ClientConfig;
  readonly #log: DomainLog;
  #closing: Promise<void> | undefined;

  private constructor(db: Kysely<Tables>, feed: PostgresChangeFeed, config: pg.ClientConfig, log: DomainLog) {
    const stores = storesOver(db);
    this.accounts = stores.accounts;
    this.endpoints = stores.endpoints;
    this.organizations = stores.organizations;
    this.catalog = stores.catalog;
    this.artifacts = stores.artifacts;
    this.installations = stores.installations;
    this.settings = stores.settings;
    this.pluginData = stores.pluginData;
    this.conversations = stores.conversations;
    this.audit = stores.audit;
    this.logs = stores.logs;
    this.calls = stores.calls;
    this.notifications = stores.notifications;
    this.requests = stores.requests;
    this.idempotency = stores.idempotency;
    this.publisherKeys = stores.publisherKeys;
    this.registry = stores.registry;
    this.offers = stores.offers;
    this.sourceTokens = stores.sourceTokens;
    this.secretKeys = stores.secretKeys;
    this.advisories = stores.advisories;
    this.autoUpdates = stores.autoUpdates;
    this.nodes = stores.nodes;
    this.jobs = stores.jobs;
    this.schedules = stores.schedules;
    this.keptResponses = stores.keptResponses;
    this.memories = stores.memories;
    this.modelRules = stores.modelRules;
    this.messageHooks = stores.messageHooks;
    this.toolsets = stores.toolsets;
    this.mcpServers = stores.mcpServers;
    this.clientCalls = stores.clientCalls;
    this.modelUsage = stores.modelUsage;
    this.modelBudgets = stores.modelBudgets;
    this.changes = feed;
    this.#db = db;
    this.#feed = feed;
    this.#config = config;
    this.#log = log;
  }

  /**
   * Connects, waiting up to 20 seconds for a server that is starting, brings the tables up to date and listens for changes.
   * Throws an error with a message for the operator: the server cannot be reached, refuses the credentials, is too old or was
   * used by a newer Patchbay.
   */
  static async connect(config: pg.PoolConfig, log: DomainLog): Promise<PostgresDatabase> {
    const full = {
      application_name: "patchbay",
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      keepAlive: true,
      ...config,
    };
    await waitForServer(full, log);
    const db = openDatabase(openPool(full, log));
    try {
      await migrate(db);
      return new PostgresDatabase(db, await PostgresChangeFeed.start(full, log), full, log);
    } catch (error) {
      await db.destroy();
      throw error;
    }
  }

  async transaction<T>(work: (stores: Stores) => Promise<T>): Promise<T> {
    const result = await this.#db.transaction().execute((transaction) => work(storesOver(transaction)));
    await this.#feed.caughtUp();
    return result;
  }

  snapshot(): Promise<DatabaseSnapshot> {
    return PostgresSnapshot.open(this.#config);
  }

  /** Further connections to the same database, for work that brings its own tables. They are the caller's to end. */
  openPool(max: number): pg.Pool {
    return openPool({ ...this.#config, application_name: "patchbay durable work", max }, this.#log);
  }

  async ping(): Promise<void> {
    await sql`select 1`.execute(this.#db);
  }

  /** Ends every connection once its query is done. May be called more than once. */
  close(): Promise<void> {
    this.#closing ??= Promise.all([this.#feed.close(), this.#db.destroy()]).then(() => undefined);
    return this.#closing;
  }
}

const storesOver = (db: Kysely<Tables>): Stores => ({
  accounts: new PostgresAccountStore(db),
  endpoints: new PostgresEndpointStore(db),
  organizations: new PostgresOrganizationStore(db),
  catalog: new PostgresCatalogStore(db),
  artifacts: new PostgresArtifactIndex(db),
  installations: new PostgresInstallationStore(db),
  settings: new PostgresSettingsStore(db),
  pluginData: new PostgresPluginDataStore(db),
  conversations: new PostgresConversationStore(db),
  audit: new PostgresAuditStore(db),
  logs: new PostgresLogStore(db),
  calls: new PostgresCallStore(db),
  notifications: new PostgresNotificationStore(db),
  requests: new PostgresRequestStore(db),
  idempotency: new PostgresIdempotencyStore(db),
  advisories: new PostgresAdvisoryStore(db),
  autoUpdates: new PostgresAutoUpdateStore(db),
  nodes: new PostgresNodeStore(db),
  jobs: new PostgresJobStore(db),
  schedules: new PostgresScheduleStore(db),
  keptResponses: new PostgresKeptResponseStore(db),
  memories: new PostgresMemoryStore(db),
  modelRules: new PostgresModelRulesStore(db),
  messageHooks: new PostgresMessageHookStore(db),
  toolsets: new PostgresToolsetStore(db),
  mcpServers: new PostgresMcpServerStore(db),
  clientCalls: new PostgresClientCallStore(db),
  modelUsage: new PostgresModelUsageStore(db),
  modelBudgets: new PostgresModelBudgetStore(db),
  publisherKeys: new PostgresPublisherKeyStore(db),
  registry: new PostgresRegistryStore(db),
  offers: new PostgresOfferStore(db),
  sourceTokens: new PostgresSourceTokenStore(db),
  secretKeys: new PostgresSecretKeyStore(db),
});

const waitForServer = async (config: pg.ClientConfig, log: DomainLog): Promise<void> => {
  const deadline = performance.now() + FIRST_CONNECTION_MS;
  for (let attempt = 1; ; attempt++) {
    try {
      return await checkServer(config);
    } catch (error) {
      const reason = reasonOf(error);
      if (!isUnreachable(error) || performance.now() >= deadline)
        throw new Error(`The database cannot be used: ${reason}`, { cause: error });
      if (attempt === 1) log.warn({ reason }, "The database cannot be reached yet; waiting for it.");
      await sleep(FIRST_CONNECTION_PAUSE_MS);
    }
  }
};

/** Throws what keeps Patchbay from using the server: it cannot be reached, refuses the credentials or is too old. */
export const checkServer = async (config: pg.ClientConfig): Promise<void> => {
  const client = new pg.Client(config);
  client.on("error", () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ server_version_num: string }>("show server_version_num");
    const major = Math.floor(Number(rows[0]?.server_version_num) / 10_000);
    if (!(major >= MIN_SERVER_MAJOR))
      throw new Error(`the server is PostgreSQL ${major}; Patchbay needs ${MIN_SERVER_MAJOR} or later.`);
  } finally {
    client.end().catch(() => undefined);
  }
};

/** A refused connection to a name with several addresses has its reasons inside. */
const reasonOf = (error: unknown): string => {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join("; ");
  return error instanceof Error ? error.message : String(error);
};
