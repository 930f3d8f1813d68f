import { ActivityApi } from "./activity.ts";
import { AuthApi } from "./auth.ts";
import { BackupsApi } from "./backups.ts";
import { BudgetsApi } from "./budgets.ts";
import { BundlesApi } from "./bundles.ts";
import { CallsApi } from "./calls.ts";
import { CatalogApi } from "./catalog.ts";
import { ConversationsApi } from "./conversations.ts";
import { EndpointsApi } from "./endpoints.ts";
import { LocksApi } from "./locks.ts";
import { MarketplaceApi } from "./marketplace.ts";
import { McpServersApi } from "./mcp-servers.ts";
import { MemoryApi } from "./memory.ts";
import { ModelsApi } from "./models.ts";
import { NotificationsApi } from "./notifications.ts";
import { OrganizationsApi } from "./organizations.ts";
import { PluginsApi } from "./plugins.ts";
import { PolicyApi } from "./policy.ts";
import { PublishersApi } from "./publishers.ts";
import { RegistryApi } from "./registry.ts";
import { RequestsApi } from "./requests.ts";
import { SchedulesApi } from "./schedules.ts";
import { SystemApi } from "./system.ts";
import { ToolsApi } from "./tools.ts";
import { ToolsetsApi } from "./toolsets.ts";
import { type ClientOptions, Transport } from "./transport.ts";
import { UpdatesApi } from "./updates.ts";
import { UsageApi } from "./usage.ts";
import { ViewsApi } from "./views.ts";

/**
 * The HTTP API as one caller sees it in one organization, for browsers and Node alike. Every method throws `PatchbayError`
 * with the server's code and message, `unavailable` when no server answers, or `cancelled`.
 */
export class PatchbayClient {
  readonly auth: AuthApi;
  readonly organizations: OrganizationsApi;
  readonly calls: CallsApi;
  readonly catalog: CatalogApi;
  readonly plugins: PluginsApi;
  readonly policy: PolicyApi;
  readonly publishers: PublishersApi;
  readonly registry: RegistryApi;
  readonly requests: RequestsApi;
  readonly tools: ToolsApi;
  readonly activity: ActivityApi;
  readonly backups: BackupsApi;
  readonly bundles: BundlesApi;
  readonly conversations: ConversationsApi;
  readonly locks: LocksApi;
  readonly schedules: SchedulesApi;
  readonly endpoints: EndpointsApi;
  readonly memory: MemoryApi;
  readonly models: ModelsApi;
  readonly budgets: BudgetsApi;
  readonly toolsets: ToolsetsApi;
  readonly mcpServers: McpServersApi;
  readonly usage: UsageApi;
  readonly system: SystemApi;
  readonly updates: UpdatesApi;
  readonly marketplace: MarketplaceApi;
  readonly notifications: NotificationsApi;
  readonly views: ViewsApi;
  readonly #options: ClientOptions;

  constructor(options: ClientOptions) {
    const transport = new Transport(options);
    this.auth = new AuthApi(transport);
    this.organizations = new OrganizationsApi(transport);
    this.calls = new CallsApi(transport);
    this.catalog = new CatalogApi(transport);
    this.plugins = new PluginsApi(transport);
    this.policy = new PolicyApi(transport);
    this.publishers = new PublishersApi(transport);
    this.registry = new RegistryApi(transport);
    this.requests = new RequestsApi(transport);
    this.tools = new ToolsApi(transport);
    this.activity = new ActivityApi(transport);
    this.backups = new BackupsApi(transport);
    this.bundles = new BundlesApi(transport);
    this.conversations = new ConversationsApi(transport);
    this.schedules = new SchedulesApi(transport);
    this.endpoints = new EndpointsApi(transport);
    this.memory = new MemoryApi(transport);
    this.models = new ModelsApi(transport);
    this.budgets = new BudgetsApi(transport);
    this.toolsets = new ToolsetsApi(transport);
    this.mcpServers = new McpServersApi(transport);
    this.usage = new UsageApi(transport);
    this.system = new SystemApi(transport);
    this.updates = new UpdatesApi(transport);
    this.locks = new LocksApi(transport);
    this.marketplace = new MarketplaceApi(transport);
    this.notifications = new NotificationsApi(transport);
    this.views = new ViewsApi(transport);
    this.#options = options;
  }

  /** The same caller in another organization. */
  in(organization: string): PatchbayClient {
    return new PatchbayClient({ ...this.#options, organization });
  }

  /** The same client, whose requests end when `signal` aborts. */
  until(signal: AbortSignal): PatchbayClient {
    return new PatchbayClient({ ...this.#options, signal });
  }
}
