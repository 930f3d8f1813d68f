export {
  authorize,
  type HeldRight,
  holds,
  isDeploymentAdmin,
  isScopeWritable,
  type MemberAuthority,
  requireDeploymentAdmin,
  requireScope,
  rightsIn,
  systemAuthority,
} from "./access/authority.ts";
export {
  type Asker,
  actorOf,
  isServerCode,
  type MemberOf,
  type Principal,
  type ServerCode,
  SYSTEM_ACTOR,
  startedBy,
} from "./access/caller.ts";
export { CHANGED_BY as POLICY_CHANGED_BY } from "./access/policy-rules.ts";
export { isProjectVisible, isScopeVisible, visibleOf } from "./access/sight.ts";
export { type AutoUpdateRules, DEFAULT_AUTO_UPDATE } from "./model/auto-update-rules.ts";
export { DEFAULT_POLICY, type OrganizationPolicy, policyOf } from "./model/policy.ts";
export {
  ORGANIZATION_ROLES,
  type OrganizationRole,
  PROJECT_ROLES,
  type ProjectRole,
  type Reach,
  RIGHTS,
  type Right,
  type RightsPolicy,
  reachOf,
} from "./model/rights.ts";
export { FIND_LOST_EVERY_MS, HEARTBEAT_MS, LEASE_MS, TAKE_OVER_EVERY_MS } from "./nodes/limits.ts";
export { Nodes } from "./nodes/nodes.ts";
export { type Activity, ActivityFeed } from "./operations/activity/activity-feed.ts";
export { ArtifactCollection, type CollectionReport } from "./operations/artifacts/artifact-collection.ts";
export {
  ArtifactSynchronization,
  type SynchronizationReport,
} from "./operations/artifacts/artifact-synchronization.ts";
export { Backups } from "./operations/backups/backups.ts";
export { CallLog, type ReadCall } from "./operations/call-log.ts";
export {
  ConversationReview,
  type ReviewedConversation,
} from "./operations/conversation-review.ts";
export { Retention } from "./operations/retention.ts";
export { Accounts, type NewPerson, type OpenSession } from "./people/accounts/accounts.ts";
export { ApiKeys } from "./people/accounts/api-keys.ts";
export { SESSION_MS } from "./people/accounts/limits.ts";
export { networkOf } from "./people/accounts/network.ts";
export { type AddedMember, type HandedLink, Newcomers } from "./people/accounts/newcomers.ts";
export { type ProvenIdentity, SingleSignOn } from "./people/accounts/single-sign-on.ts";
export { API_KEY_PREFIX, hashToken, newToken } from "./people/accounts/tokens.ts";
export { Organizations } from "./people/organizations/organizations.ts";
export { Policies, type PolicyView } from "./people/organizations/policies.ts";
export { Places } from "./places.ts";
export { Advisories, type AdvisoryReport } from "./plugins/advisories/advisories.ts";
export { BlockEnforcement } from "./plugins/advisories/block-enforcement.ts";
export { pluginsOf as advisedPlugins } from "./plugins/advisories/osv.ts";
export { Builtins } from "./plugins/builtins/builtins.ts";
export { Bundles } from "./plugins/bundles/bundles.ts";
export { Catalog, type StoredPart } from "./plugins/catalog/catalog.ts";
export { createTrust, type TrustParts } from "./plugins/catalog/create-trust.ts";
export type { PackageIntake } from "./plugins/catalog/package-intake.ts";
export { ActivationCheck } from "./plugins/installations/activation-check.ts";
export { Failures } from "./plugins/installations/failures.ts";
export { InstallationContext } from "./plugins/installations/installation-context.ts";
export {
  InstallationDirectory,
  type InstalledPlugin,
} from "./plugins/installations/installation-directory.ts";
export { InstallationSetup, type ReadSettings } from "./plugins/installations/installation-setup.ts";
export {
  Installations,
  type InstallationView,
} from "./plugins/installations/installations.ts";
export {
  type Installed,
  Installer,
  type InstallRequest,
  type ResolutionView,
} from "./plugins/installations/installer.ts";
export { LocalAccess, type LocalCandidate } from "./plugins/installations/local-access.ts";
export { Recovery } from "./plugins/installations/recovery.ts";
export { Switching } from "./plugins/installations/switching.ts";
export { Transitions } from "./plugins/installations/transitions.ts";
export { VersionChanges } from "./plugins/installations/version-changes.ts";
export type { LockPlan } from "./plugins/lock/lock-plan.ts";
export { Locks } from "./plugins/lock/locks.ts";
export { describeChange } from "./plugins/lock/planned-change.ts";
export { CallMetrics, type MinuteMetrics } from "./plugins/metrics/call-metrics.ts";
export { ResourceSampler } from "./plugins/metrics/resource-sampler.ts";
export { Notifications, type ReadNotification } from "./plugins/notifications/notifications.ts";
export { PluginRequests } from "./plugins/requests/plugin-requests.ts";
export type { EffectiveSettings } from "./plugins/settings/effective-settings.ts";
export { PLACEHOLDER_PATTERN } from "./plugins/settings/placeholders.ts";
export { PluginSettings } from "./plugins/settings/plugin-settings.ts";
export { SecretBox } from "./plugins/settings/secret-box.ts";
export { GithubImports } from "./plugins/sources/github-imports.ts";
export { MarketplaceViews, type SeenPlugin } from "./plugins/sources/marketplace-views.ts";
export {
  type FoundPackage,
  isMarketplaceFault,
  type MarketplaceSearch,
  type MarketplaceState,
  Marketplaces,
} from "./plugins/sources/marketplaces.ts";
export { OfferRefresh, type RefreshReport } from "./plugins/sources/offer-refresh.ts";
export type { AvailableVersion } from "./plugins/sources/offered-version.ts";
export { PackageFetcher, type WithFile } from "./plugins/sources/package-fetcher.ts";
export { Sourcing } from "./plugins/sources/sourcing.ts";
export { BlockList } from "./plugins/trust/block-list.ts";
export type { PackageTrust, Trust } from "./plugins/trust/package-trust.ts";
export { type PublisherKeys, publisherOf } from "./plugins/trust/publisher-keys.ts";
export { RevocationWatch } from "./plugins/trust/revocation-watch.ts";
export { AutoUpdates, type PlannedUpdate } from "./plugins/updates/auto-updates.ts";
export { AvailableVersions } from "./plugins/updates/available-versions.ts";
export type {
  AccountStore,
  ApiKey,
  ExternalIdentity,
  Invitation,
  OneTimeLink,
  User,
} from "./ports/account-store.ts";
export type { AdvisoryStore, Block, Feed, FeedState, KnownAdvisory } from "./ports/advisory-store.ts";
export type { ArtifactIndex, NeededArtifact } from "./ports/artifact-index.ts";
export type { ArtifactStore } from "./ports/artifact-store.ts";
export type { Actor, AuditEvent, AuditQuery, AuditStore } from "./ports/audit-store.ts";
export type { AutoUpdateStore, FailedUpdate } from "./ports/auto-update-store.ts";
export type { CallQuery, CallReach, CallStore, ListedCall, LoggedCall } from "./ports/call-store.ts";
export type {
  CatalogQuery,
  CatalogStore,
  PackageVersion,
  Page,
  Provenance,
} from "./ports/catalog-store.ts";
export { CHANGES, type Change, type ChangeFeed, type ChangePlace } from "./ports/change-feed.ts";
export type { ClientCallStore } from "./ports/client-call-store.ts";
export type { CodeHost, CodeRelease, ListedRelease } from "./ports/code-host.ts";
export type {
  ConversationHead,
  ConversationQuery,
  ConversationQuota,
  ConversationSpace,
  ConversationStore,
  FoundWords,
  MessageQuery,
  NewMessage,
  StoredConversation,
} from "./ports/conversation-store.ts";
export type { Database, Stores } from "./ports/database.ts";
export type { DatabaseSnapshot } from "./ports/database-snapshot.ts";
export type { DomainReader } from "./ports/domain-reader.ts";
export type { DurableHandler, DurableRun, DurableWork } from "./ports/durable-work.ts";
export type { Egress, EgressAllowance, EgressRequest, EgressRules, SecretResolver } from "./ports/egress.ts";
export type {
  Endpoint,
  EndpointChoices,
  EndpointRequest,
  EndpointSecret,
  EndpointStore,
  ListedEndpointRequest,
  MessageClaim,
} from "./ports/endpoint-store.ts";
export type { IdempotencyOutcome, IdempotencyStore, RecordedResponse } from "./ports/idempotency-store.ts";
export type {
  Installation,
  InstallationChange,
  InstallationStore,
  LastError,
  ProjectScope,
  Transition,
} from "./ports/installation-store.ts";
export type {
  ConversationBounds,
  KeepingBounds,
  KeptResponse,
  KeptResponseStore,
  KeptTurn,
  ResponseOwner,
  TurnSize,
} from "./ports/kept-response-store.ts";
export type { LogQuery, LogStore, StoredLogLine } from "./ports/log-store.ts";
export type {
  Marketplace,
  MarketplacePart,
  MarketplaceQuery,
  PromisedArtifact,
} from "./ports/marketplace.ts";
export type {
  McpServer,
  McpServerLook,
  McpServerOutage,
  McpServerStore,
} from "./ports/mcp-server-store.ts";
export type {
  ChangeHead,
  ExtractionJob,
  FoundByWords,
  Memory,
  MemoryBounds,
  MemoryContent,
  MemoryFilter,
  MemoryOwner,
  MemorySpace,
  MemoryStore,
  MemoryWriter,
  NewExtraction,
  NewMemory,
  OwnedSpace,
  RecordedChange,
  SpaceBounds,
  StoredExtraction,
  Unembedded,
  VectorChanges,
} from "./ports/memory-store.ts";
export type { HookDecision, MessageHookStore } from "./ports/message-hook-store.ts";
export type {
  BudgetClaim,
  BudgetCount,
  BudgetPlace,
  BudgetRules,
  BudgetSettlement,
  ModelBudget,
  ModelBudgetStore,
  ModelPrice,
  ModelPrices,
} from "./ports/model-budget-store.ts";
export {
  DEFAULT_MODEL_RULES,
  type ModelAlias,
  type ModelRules,
  type ModelRulesStore,
} from "./ports/model-rules-store.ts";
export type {
  ModelUsageQuery,
  ModelUsageRow,
  ModelUsageStore,
  ModelUse,
  ModelUseCounts,
  ModelUseKey,
  UsageSight,
} from "./ports/model-usage-store.ts";
export type { JobStore, KnownNode, NodeProcess, NodeStore } from "./ports/node-store.ts";
export type {
  Notification,
  NotificationReader,
  NotificationStore,
} from "./ports/notification-store.ts";
export type {
  ObtainedFrom,
  Offer,
  OfferStore,
  WatchedPlugin,
} from "./ports/offer-store.ts";
export type {
  Member,
  Membership,
  Organization,
  OrganizationStore,
  Project,
} from "./ports/organization-store.ts";
export type { PasswordHasher } from "./ports/password-hasher.ts";
export type { DataUsage, ListOptions, PluginDataStore, StoredFile } from "./ports/plugin-data-store.ts";
export type {
  CallFiles,
  CallLink,
  CallProgress,
  FilePiece,
  HostAnswer,
  HostCall,
  HostCaller,
  InstanceReport,
  PluginAnswer,
  PluginCall,
  PluginLogLine,
  PluginRuntime,
  PluginSpec,
  RuntimeHost,
  SandboxMode,
  SandboxReport,
  StartedBy,
} from "./ports/plugin-runtime.ts";
export { SANDBOX_MODES } from "./ports/plugin-runtime.ts";
export type { KeyRevocation, PublisherKey, PublisherKeyStore } from "./ports/publisher-key-store.ts";
export type {
  Finding,
  PopularPackage,
  PublisherProof,
  PublisherToken,
  RegistryListing,
  RegistryNoticeStore,
  RegistryPackageStore,
  RegistryPublisher,
  RegistryPublisherStore,
  RegistryQuery,
  RegistrySearch,
  RegistryStore,
  RegistrySubmission,
  RegistrySubmissionStore,
  RegistryVersion,
} from "./ports/registry-store.ts";
export type {
  PluginRequest,
  RequestDecision,
  RequestQuery,
  RequestState,
  RequestStore,
} from "./ports/request-store.ts";
export type {
  BegunRun,
  DueSchedule,
  NewRun,
  RunOutcome,
  RunState,
  ScheduleKey,
  ScheduleRun,
  ScheduleState,
  ScheduleStore,
} from "./ports/schedule-store.ts";
export type { SecretKeyStore } from "./ports/secret-key-store.ts";
export type { SettingsStore, StoredSettings } from "./ports/settings-store.ts";
export type { SourceTokenStore } from "./ports/source-token-store.ts";
export type { Toolset, ToolsetStore, ToolsetTool } from "./ports/toolset-store.ts";
export { ReadThroughCache } from "./read-through-cache.ts";
export { PUBLISHER_TOKEN_PREFIX, type RegistryCaller } from "./registry/callers.ts";
export { InstallCounts } from "./registry/install-counts.ts";
export { RegistryModeration } from "./registry/moderation.ts";
export { RegistryNotices } from "./registry/notices.ts";
export { RegistryPublishers } from "./registry/publishers.ts";
export { type Published, RegistryPublishing } from "./registry/publishing.ts";
export { requireRevision, revisionOf, type SeenRevisions } from "./revision.ts";
export { McpServers, type McpServerView, type NewMcpServer } from "./running/bridge/mcp-servers.ts";
export { CallRecorder } from "./running/calls/call-recorder.ts";
export { CallRules } from "./running/calls/call-rules.ts";
export type { Completing } from "./running/content/completions.ts";
export { readContentParts } from "./running/content/content-parts.ts";
export { PluginPrompts, type PromptCall } from "./running/content/plugin-prompts.ts";
export { PluginResources, type ResourceCall } from "./running/content/plugin-resources.ts";
export { InForce } from "./running/contributions/in-force.ts";
export { listInstalledEntries } from "./running/contributions/installed-entries.ts";
export type { ContributionInForce } from "./running/contributions/rules.ts";
export { requireProject } from "./running/contributions/rules.ts";
export { Doorkeeper, type SignatureCheck, type SignedMessage } from "./running/endpoints/doorkeeper.ts";
export { EndpointCalls } from "./running/endpoints/endpoint-calls.ts";
export { EndpointDirectory, type KnownEndpoint } from "./running/endpoints/endpoint-directory.ts";
export { EndpointRequests } from "./running/endpoints/endpoint-requests.ts";
export { choicesOf } from "./running/endpoints/endpoint-rules.ts";
export { EndpointSecrets } from "./running/endpoints/endpoint-secrets.ts";
export {
  Endpoints,
  type EndpointView,
  type MadeEndpoint,
  type NewEndpoint,
  type OfferedEndpoint,
} from "./running/endpoints/endpoints.ts";
export type { OutsideAnswer, OutsideRequest } from "./running/endpoints/outside.ts";
export { RequestLog } from "./running/endpoints/request-log.ts";
export { askerOf } from "./running/gate/asker-of.ts";
export {
  type FurtherDomains,
  type HostHandlers,
  type HostMethodHandler,
  ofServerCode,
  type PermittedCall,
  personOf,
  starterOf,
} from "./running/gate/domain.ts";
export { serveDomains } from "./running/gate/domains.ts";
export { PermissionGate } from "./running/gate/permission-gate.ts";
export { callOwnerOf, withinSlots } from "./running/gate/within-slots.ts";
export { discardAnswer, discardFiles, mebibytes } from "./running/invocation/bounded-files.ts";
export { type CallPath, onward } from "./running/invocation/call-path.ts";
export { type FilesAnswer, gathered, inlined } from "./running/invocation/inlined-files.ts";
export {
  hasFailed,
  type Invocation,
  InvocationGateway,
  type KeepsContent,
} from "./running/invocation/invocation-gateway.ts";
export { toolsDomain } from "./running/plugin-tools/tools-domain.ts";
export { LOOK_EVERY_MS } from "./running/schedules/limits.ts";
export { ScheduleStates } from "./running/schedules/schedule-states.ts";
export { type FinishedRun, Scheduler } from "./running/schedules/scheduler.ts";
export { Schedules, type ScheduleView } from "./running/schedules/schedules.ts";
export {
  OfferedContent,
  type OfferedPrompt,
  type OfferedResource,
} from "./running/toolsets/offered-content.ts";
export { type OfferedTool, OfferedTools, type ToolOffer } from "./running/toolsets/offered-tools.ts";
export { exposedName } from "./running/toolsets/tool-names.ts";
export { Toolsets, type ToolsetView } from "./running/toolsets/toolsets.ts";
export { type ViewAnswer, ViewCalls } from "./running/user-interface/view-calls.ts";
export { ViewFaults } from "./running/user-interface/view-faults.ts";
export { OwnSlots, Slots } from "./slots.ts";
export { HeldBytes, WaitingBytes } from "./waiting-bytes.ts";
export type { DomainLog, World } from "./world.ts";
