import type { AccountStore } from "./account-store.ts";
import type { AdvisoryStore } from "./advisory-store.ts";
import type { ArtifactIndex } from "./artifact-index.ts";
import type { AuditStore } from "./audit-store.ts";
import type { AutoUpdateStore } from "./auto-update-store.ts";
import type { CallStore } from "./call-store.ts";
import type { CatalogStore } from "./catalog-store.ts";
import type { ChangeFeed } from "./change-feed.ts";
import type { ClientCallStore } from "./client-call-store.ts";
import type { ConversationStore } from "./conversation-store.ts";
import type { DatabaseSnapshot } from "./database-snapshot.ts";
import type { EndpointStore } from "./endpoint-store.ts";
import type { IdempotencyStore } from "./idempotency-store.ts";
import type { InstallationStore } from "./installation-store.ts";
import type { KeptResponseStore } from "./kept-response-store.ts";
import type { LogStore } from "./log-store.ts";
import type { McpServerStore } from "./mcp-server-store.ts";
import type { MemoryStore } from "./memory-store.ts";
import type { MessageHookStore } from "./message-hook-store.ts";
import type { ModelBudgetStore } from "./model-budget-store.ts";
import type { ModelRulesStore } from "./model-rules-store.ts";
import type { ModelUsageStore } from "./model-usage-store.ts";
import type { JobStore, NodeStore } from "./node-store.ts";
import type { NotificationStore } from "./notification-store.ts";
import type { OfferStore } from "./offer-store.ts";
import type { OrganizationStore } from "./organization-store.ts";
import type { PluginDataStore } from "./plugin-data-store.ts";
import type { PublisherKeyStore } from "./publisher-key-store.ts";
import type { RegistryStore } from "./registry-store.ts";
import type { RequestStore } from "./request-store.ts";
import type { ScheduleStore } from "./schedule-store.ts";
import type { SecretKeyStore } from "./secret-key-store.ts";
import type { SettingsStore } from "./settings-store.ts";
import type { SourceTokenStore } from "./source-token-store.ts";
import type { ToolsetStore } from "./toolset-store.ts";

export interface Stores {
  readonly endpoints: EndpointStore;
  readonly accounts: AccountStore;
  readonly organizations: OrganizationStore;
  readonly catalog: CatalogStore;
  readonly artifacts: ArtifactIndex;
  readonly installations: InstallationStore;
  readonly settings: SettingsStore;
  readonly pluginData: PluginDataStore;
  readonly conversations: ConversationStore;
  readonly audit: AuditStore;
  readonly logs: LogStore;
  readonly calls: CallStore;
  readonly notifications: NotificationStore;
  readonly requests: RequestStore;
  readonly idempotency: IdempotencyStore;
  readonly advisories: AdvisoryStore;
  readonly autoUpdates: AutoUpdateStore;
  readonly nodes: NodeStore;
  readonly jobs: JobStore;
  readonly schedules: ScheduleStore;
  readonly keptResponses: KeptResponseStore;
  readonly memories: MemoryStore;
  readonly modelRules: ModelRulesStore;
  readonly messageHooks: MessageHookStore;
  readonly toolsets: ToolsetStore;
  readonly mcpServers: McpServerStore;
  readonly clientCalls: ClientCallStore;
  readonly modelUsage: ModelUsageStore;
  readonly modelBudgets: ModelBudgetStore;
  readonly publisherKeys: PublisherKeyStore;
  readonly registry: RegistryStore;
  readonly offers: OfferStore;
  readonly sourceTokens: SourceTokenStore;
  readonly secretKeys: SecretKeyStore;
}

/** Where everything but bytes is kept. One implementation: `PostgresDatabase` of `@patchbay/storage-postgres`. */
export interface Database extends Stores {
  readonly changes: ChangeFeed;
  /**
   * All of `work` is committed, or none of it. `work` uses the stores that it is handed, no others. Comes back when this node's
   * listeners have heard of what it changed, so that who changed something meets nothing older; other nodes hear it a moment later.
   */
  transaction<T>(work: (stores: Stores) => Promise<T>): Promise<T>;
  /** Holds a connection of its own until it is closed. */
  snapshot(): Promise<DatabaseSnapshot>;
  /** Resolves when the database answers. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
