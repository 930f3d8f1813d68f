export {
  type Access,
  actorOf,
  authorize,
  type HeldRight,
  isDeploymentAdmin,
  type Principal,
  requireDeploymentAdmin,
  rightsIn,
  SYSTEM_ACTOR,
} from "./access/access.ts";
export { DEFAULT_POLICY, type OrganizationPolicy, policyOf } from "./access/policy.ts";
export { CHANGED_BY as POLICY_CHANGED_BY } from "./access/policy-rules.ts";
export {
  type Audience,
  ORGANIZATION_ROLES,
  type OrganizationRole,
  PROJECT_ROLES,
  type ProjectRole,
  type Reach,
  RIGHTS,
  type Right,
  type RightsPolicy,
  reachOf,
} from "./access/rights.ts";
export { Accounts, type NewPerson, type OpenSession } from "./accounts/accounts.ts";
export { ApiKeys } from "./accounts/api-keys.ts";
export { SESSION_MS } from "./accounts/limits.ts";
export { networkOf } from "./accounts/network.ts";
export { type AddedMember, type HandedLink, Newcomers } from "./accounts/newcomers.ts";
export { type ProvenIdentity, SingleSignOn } from "./accounts/single-sign-on.ts";
export { API_KEY_PREFIX, hashToken, newToken } from "./accounts/tokens.ts";
export { type Activity, ActivityFeed } from "./activity/activity-feed.ts";
export { Advisories, type AdvisoryReport } from "./advisories/advisories.ts";
export { BlockEnforcement } from "./advisories/block-enforcement.ts";
export { BlockList } from "./advisories/block-list.ts";
export { pluginsOf as advisedPlugins } from "./advisories/osv.ts";
export { ArtifactCollection, type CollectionReport } from "./artifacts/artifact-collection.ts";
export {
  ArtifactSynchronization,
  type SynchronizationReport,
} from "./artifacts/artifact-synchronization.ts";
export { Backups } from "./backups/backups.ts";
export { Builtins } from "./builtins/builtins.ts";
export { Bundles } from "./bundles/bundles.ts";
export { Catalog, type StoredPart } from "./catalog/catalog.ts";
export type { PackageIntake } from "./catalog/package-intake.ts";
export { fetchDomain } from "./gate/fetch-domain.ts";
export { metricsDomain } from "./gate/metrics-domain.ts";
export { type HostMethodHandlers, PermissionGate, type PermittedCall } from "./gate/permission-gate.ts";
export { storageDomain } from "./gate/storage-domain.ts";
export { uiDomain } from "./gate/ui-domain.ts";
export { Housekeeping } from "./housekeeping.ts";
export { Configuration, type ReadSettings } from "./installations/configuration.ts";
export { InstallationContext } from "./installations/installation-context.ts";
export { InstallationDirectory, type InstalledPlugin } from "./installations/installation-directory.ts";
export { Installations, type InstallationView, type ListedTool } from "./installations/installations.ts";
export {
  type Installed,
  Installer,
  type InstallRequest,
  type ResolutionView,
} from "./installations/installer.ts";
export { Lifecycle } from "./installations/lifecycle.ts";
export {
  type FinishedCall,
  InvocationGateway,
  type ToolInvocation,
} from "./invocation/invocation-gateway.ts";
export type { LockPlan } from "./lock/lock-plan.ts";
export { Locks } from "./lock/locks.ts";
export { describeChange } from "./lock/planned-change.ts";
export { CallMetrics, type MinuteMetrics } from "./metrics/call-metrics.ts";
export { ResourceSampler } from "./metrics/resource-sampler.ts";
export { Notifications, type ReadNotification } from "./notifications/notifications.ts";
export { Organizations } from "./organizations/organizations.ts";
export { Policies, type PolicyView } from "./organizations/policies.ts";
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
export type {
  CatalogQuery,
  CatalogStore,
  PackageVersion,
  Page,
  Provenance,
} from "./ports/catalog-store.ts";
export { CHANGE_KINDS, type Change, type ChangeFeed, type ChangePlace } from "./ports/change-feed.ts";
export type { CodeHost, CodeRelease, ListedRelease } from "./ports/code-host.ts";
export type { Database, Stores } from "./ports/database.ts";
export type { DatabaseSnapshot } from "./ports/database-snapshot.ts";
export type { DomainReader } from "./ports/domain-reader.ts";
export type { Egress, EgressRequest, EgressRules, SecretResolver } from "./ports/egress.ts";
export type { IdempotencyOutcome, IdempotencyStore, RecordedResponse } from "./ports/idempotency-store.ts";
export type {
  Installation,
  InstallationChange,
  InstallationState,
  InstallationStore,
  LastError,
  ProjectScope,
  Transition,
} from "./ports/installation-store.ts";
export type { LogQuery, LogStore, StoredLogLine } from "./ports/log-store.ts";
export type {
  Marketplace,
  MarketplacePart,
  MarketplaceQuery,
  PromisedArtifact,
} from "./ports/marketplace.ts";
export type {
  Notification,
  NotificationLevel,
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
export type { ListOptions, PluginDataStore, StoredFile } from "./ports/plugin-data-store.ts";
export type {
  HostAnswer,
  HostCall,
  InstanceReport,
  PluginAnswer,
  PluginCall,
  PluginLogLine,
  PluginRuntime,
  PluginSpec,
  RuntimeHost,
  SandboxMode,
  SandboxReport,
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
export type { SecretKeyStore } from "./ports/secret-key-store.ts";
export type { SettingsStore, StoredSettings } from "./ports/settings-store.ts";
export type { SourceTokenStore } from "./ports/source-token-store.ts";
export { ReadThroughCache } from "./read-through-cache.ts";
export { PUBLISHER_TOKEN_PREFIX, type RegistryCaller } from "./registry/callers.ts";
export { InstallCounts } from "./registry/install-counts.ts";
export { RegistryModeration } from "./registry/moderation.ts";
export { RegistryNotices } from "./registry/notices.ts";
export { RegistryPublishers } from "./registry/publishers.ts";
export { type Published, RegistryPublishing } from "./registry/publishing.ts";
export { Requests } from "./requests/requests.ts";
export { revisionOf, type SeenRevisions } from "./revision.ts";
export type { EffectiveSettings } from "./settings/effective-settings.ts";
export { PLACEHOLDER_PATTERN, PluginSettings } from "./settings/plugin-settings.ts";
export { SecretBox } from "./settings/secret-box.ts";
export { OwnSlots, Slots } from "./slots.ts";
export { GithubImports } from "./sources/github-imports.ts";
export { MarketplaceViews, type SeenPlugin } from "./sources/marketplace-views.ts";
export {
  type FoundPackage,
  isMarketplaceFault,
  type MarketplaceSearch,
  type MarketplaceState,
  Marketplaces,
} from "./sources/marketplaces.ts";
export { OfferRefresh, type RefreshReport } from "./sources/offer-refresh.ts";
export type { AvailableVersion } from "./sources/offered-version.ts";
export { PackageFetcher } from "./sources/package-fetcher.ts";
export { Sourcing } from "./sources/sourcing.ts";
export { ActivationCheck } from "./trust/activation-check.ts";
export { createTrust } from "./trust/create-trust.ts";
export type { PackageTrust, Trust } from "./trust/package-trust.ts";
export { type PublisherKeys, publisherOf } from "./trust/publisher-keys.ts";
export { RevocationWatch } from "./trust/revocation-watch.ts";
export { type AutoUpdateRules, DEFAULT_AUTO_UPDATE } from "./updates/auto-update-rules.ts";
export { AutoUpdates, type PlannedUpdate } from "./updates/auto-updates.ts";
export { AvailableVersions } from "./updates/available-versions.ts";
export { type ViewAnswer, ViewCalls } from "./user-interface/view-calls.ts";
export { ViewFaults } from "./user-interface/view-faults.ts";
export { Views } from "./user-interface/views.ts";
export type { DomainLog, World } from "./world.ts";
