import type {
  Actor,
  AutoUpdateRules,
  InstallationState,
  KeyRevocation,
  LastError,
  NotificationLevel,
  ObtainedFrom,
  Offer,
  OrganizationPolicy,
  OrganizationRole,
  ProjectRole,
  ProjectScope,
  Provenance,
  PublisherKey,
  PublisherProof,
  RecordedResponse,
  RegistrySubmission,
  RequestState,
  Right,
  Transition,
} from "@patchbay/core";
import type {
  Badge,
  Grant,
  Manifest,
  OsvDto,
  PackageSource,
  PublisherKeyDto,
  RegistryBadge,
} from "@patchbay/protocol";
import type { ColumnType, Generated, Insertable, RawBuilder, Selectable } from "kysely";

/** A column of type json: written as text, since `pg` would make a PostgreSQL array of an array. */
type Json<T> = ColumnType<T, string, string>;
type JsonOrNull<T> = ColumnType<T | null, string | null, string | null>;
type CreatedAt = ColumnType<Date, never, never>;
/** A bigint that the database counts up; `pg` reads it as text. */
type Counter = ColumnType<string, never, never>;

interface Users {
  id: string;
  email: string;
  name: string;
  passwordHash: string | null;
  deploymentAdmin: boolean;
  createdAt: CreatedAt;
}

interface Identities {
  issuer: string;
  subject: string;
  userId: string;
  createdAt: CreatedAt;
}

interface Sessions {
  tokenHash: string;
  userId: string;
  expiresAt: Date;
}

interface ApiKeys {
  id: string;
  tokenHash: string;
  name: string;
  prefix: string;
  userId: string;
  organizationId: string;
  rights: Json<readonly Right[]>;
  createdAt: CreatedAt;
  expiresAt: Date | null;
  lastUsedAt: ColumnType<Date | null, never, Date>;
}

interface SetupLinks {
  tokenHash: string;
  expiresAt: Date;
}

interface SignInAttempts {
  id: Counter;
  subject: string;
  at: Date;
}

interface Organizations {
  id: string;
  slug: string;
  name: string;
  /** null until one is set. */
  policy: JsonOrNull<Partial<OrganizationPolicy>>;
  createdAt: CreatedAt;
}

interface Members {
  organizationId: string;
  userId: string;
  role: OrganizationRole;
}

interface Projects {
  id: string;
  organizationId: string;
  slug: string;
  name: string;
  createdAt: CreatedAt;
}

interface ProjectMembers {
  organizationId: string;
  projectId: string;
  userId: string;
  role: ProjectRole;
}

interface Packages {
  id: string;
  organizationId: string | null;
  pluginId: string;
  version: string;
  /** `versionKey(version)`: sorts bytewise as versions do. */
  versionKey: string;
  prerelease: boolean;
  digest: string;
  sizeBytes: number;
  scriptDigest: string | null;
  uiDigest: string | null;
  readmeDigest: string | null;
  changelogDigest: string | null;
  iconDigest: string | null;
  iconType: string | null;
  manifest: Json<Manifest>;
  category: string;
  source: PackageSource;
  badge: Badge;
  /** What a search looks through, in lower case. */
  searchText: string;
  /** The text of signature.json. */
  signature: string | null;
  provenance: JsonOrNull<Provenance>;
  /** null for a version that was admitted before versions had one. */
  seal: string | null;
  origin: JsonOrNull<ObtainedFrom>;
  createdAt: CreatedAt;
}

interface Offers {
  organizationId: string | null;
  source: Offer["source"];
  place: string;
  pluginId: string;
  version: string;
  /** `versionKey(version)` */
  versionKey: string;
  badge: Badge;
  digest: string | null;
  /** A bigint, which `pg` reads as text. */
  sizeBytes: ColumnType<string | null, number | null, number | null>;
  manifest: JsonOrNull<Manifest>;
  yanked: string | null;
  publishedAt: Date;
  seenAt: Date;
}

interface SourceTokens {
  organizationId: string;
  source: "github";
  sealed: string;
}

interface PublisherKeys {
  publisher: string;
  keyId: string;
  publicKey: string;
  endorsement: JsonOrNull<NonNullable<PublisherKey["endorsement"]>>;
  revokedAt: Date | null;
  revokedReason: KeyRevocation["reason"] | null;
  learnedFrom: string;
  learnedAt: Date;
  seal: string;
  /** Counts up: the order in which they were learned. */
  place: ColumnType<string, never, never>;
}

interface Artifacts {
  digest: string;
  /** When somebody said last that it will be needed. */
  claimedAt: Date;
}

interface Installations {
  id: string;
  organizationId: string;
  pluginId: string;
  version: string;
  previous: JsonOrNull<{ readonly version: string; readonly grants: readonly Grant[] }>;
  state: InstallationState;
  source: PackageSource;
  badge: Badge;
  scope: Json<ProjectScope>;
  grants: Json<readonly Grant[]>;
  transition: JsonOrNull<Transition>;
  lastError: JsonOrNull<LastError>;
  revision: Generated<number>;
  createdAt: CreatedAt;
  updatedAt: ColumnType<Date, never, Date>;
}

interface InstallationSettings {
  installationId: string;
  project: string | null;
  values: Json<Readonly<Record<string, unknown>>>;
  secrets: Json<Readonly<Record<string, string>>>;
}

interface PluginUsage {
  installationId: string;
  valueCount: Generated<number>;
  fileCount: Generated<number>;
  bytes: Generated<string>;
}

interface PluginValues {
  installationId: string;
  key: string;
  /** JSON as it was written. */
  value: string;
  bytes: number;
  updatedAt: ColumnType<Date, never, Date>;
}

interface PluginFiles {
  installationId: string;
  path: string;
  content: Buffer;
  contentType: string | null;
  bytes: number;
  updatedAt: ColumnType<Date, never, Date>;
}

interface PluginLogs {
  id: Counter;
  installationId: string;
  at: Date;
  /** Position in LOG_LEVELS. */
  level: number;
  message: string;
  fields: JsonOrNull<Readonly<Record<string, unknown>>>;
  version: string;
}

interface AuditEvents {
  id: Counter;
  organizationId: string | null;
  actor: Json<Actor>;
  action: string;
  pluginId: string | null;
  detail: Json<Readonly<Record<string, unknown>>>;
  at: CreatedAt;
  /** Of the actor, and the words of all of it: what a search looks at. */
  actorId: string | null;
  words: ColumnType<string, RawBuilder<string>, never>;
}

interface PluginRequests {
  id: Counter;
  organizationId: string;
  pluginId: string;
  version: string;
  grants: Json<readonly Grant[]>;
  scope: Json<ProjectScope>;
  message: string | null;
  userId: string;
  state: Generated<RequestState>;
  decidedBy: JsonOrNull<Actor>;
  reason: string | null;
  decidedAt: ColumnType<Date | null, never, Date>;
  createdAt: CreatedAt;
}

interface Notifications {
  id: Counter;
  organizationId: string;
  /** null: Patchbay's own. */
  installationId: string | null;
  pluginId: string;
  project: string | null;
  userId: string | null;
  level: NotificationLevel;
  title: string;
  message: string | null;
  createdAt: CreatedAt;
}

interface NotificationReads {
  notificationId: string;
  userId: string;
}

interface IdempotencyKeys {
  caller: string;
  key: string;
  requestHash: string;
  /** null while the request runs. */
  response: JsonOrNull<RecordedResponse>;
  claimedAt: Date;
}

interface RegistryPublishers {
  publisher: string;
  name: string;
  url: string | null;
  ownerId: string | null;
  challenge: string;
  proofs: Json<readonly PublisherProof[]>;
  createdAt: CreatedAt;
}

interface RegistryPublisherKeys {
  publisher: string;
  keyId: string;
  publicKey: string;
  endorsement: JsonOrNull<PublisherKeyDto["endorsement"] & {}>;
  revoked: JsonOrNull<PublisherKeyDto["revoked"] & {}>;
  createdAt: Date;
}

interface RegistryTokens {
  id: string;
  publisher: string;
  name: string;
  prefix: string;
  tokenHash: string;
  createdAt: CreatedAt;
  expiresAt: Date | null;
}

interface RegistryPackages {
  pluginId: string;
  publisher: string;
  badge: RegistryBadge;
  latest: string;
  name: string;
  description: string;
  author: Json<Manifest["author"]>;
  category: string;
  keywords: Json<readonly string[]>;
  license: string | null;
  hasIcon: boolean;
  /** A bigint, which `pg` reads as text. */
  installs: Generated<string>;
  deprecated: JsonOrNull<{ readonly message: string; readonly successor?: string }>;
  createdAt: CreatedAt;
  updatedAt: ColumnType<Date, Date | undefined, Date>;
  /** Keywords and author, for searches. */
  searchKeywords: string;
  foldedName: ColumnType<string, never, never>;
  popularity: ColumnType<number, never, never>;
}

interface RegistryVersions {
  pluginId: string;
  version: string;
  versionKey: string;
  prerelease: boolean;
  digest: string;
  sizeBytes: number;
  readmeDigest: string | null;
  changelogDigest: string | null;
  iconDigest: string | null;
  iconType: string | null;
  signedBy: string | null;
  yanked: string | null;
  manifest: Json<Manifest>;
  publishedAt: ColumnType<Date, Date | undefined, never>;
}

interface RegistrySubmissions {
  id: Counter;
  publisher: string;
  pluginId: string;
  version: string;
  digest: string;
  state: RegistrySubmission["state"];
  findings: Json<RegistrySubmission["findings"]>;
  held: JsonOrNull<RegistrySubmission["held"] & {}>;
  heldDigests: string[];
  decidedBy: JsonOrNull<Actor>;
  reason: string | null;
  createdAt: CreatedAt;
}

interface RegistryAdvisories {
  id: string;
  publisher: string | null;
  document: Json<OsvDto>;
  modified: Date;
}

interface RegistryBlocks {
  pluginId: string;
  versions: string;
  reason: string;
  at: ColumnType<Date, never, Date>;
}

interface MarketplaceFeeds {
  place: string;
  digest: string;
  checkedAt: Date;
}

interface Advisories {
  place: string;
  advisoryId: string;
  pluginIds: string[];
  body: Json<OsvDto>;
}

interface BlockedVersions {
  place: string;
  pluginId: string;
  versions: string;
  reason: string;
  blockedAt: string;
}

interface AutoUpdates {
  organizationId: string;
  rules: JsonOrNull<AutoUpdateRules>;
  /** null: nobody has looked since the rules were changed. */
  lookedAt: Date | null;
}

interface AutoUpdateFailures {
  installationId: string;
  version: string;
  code: string;
  message: string;
  failedAt: Date;
}

/** The tables as Kysely sees them: names in camel case stand for those in snake case. */
export interface Tables {
  users: Users;
  identities: Identities;
  sessions: Sessions;
  apiKeys: ApiKeys;
  setupLinks: SetupLinks;
  signInAttempts: SignInAttempts;
  organizations: Organizations;
  members: Members;
  projects: Projects;
  projectMembers: ProjectMembers;
  packages: Packages;
  artifacts: Artifacts;
  offers: Offers;
  sourceTokens: SourceTokens;
  installations: Installations;
  marketplaceFeeds: MarketplaceFeeds;
  advisories: Advisories;
  blockedVersions: BlockedVersions;
  autoUpdates: AutoUpdates;
  autoUpdateFailures: AutoUpdateFailures;
  installationSettings: InstallationSettings;
  pluginUsage: PluginUsage;
  pluginValues: PluginValues;
  pluginFiles: PluginFiles;
  pluginLogs: PluginLogs;
  auditEvents: AuditEvents;
  pluginRequests: PluginRequests;
  notifications: Notifications;
  notificationReads: NotificationReads;
  idempotencyKeys: IdempotencyKeys;
  publisherKeys: PublisherKeys;
  registryPublishers: RegistryPublishers;
  registryPublisherKeys: RegistryPublisherKeys;
  registryTokens: RegistryTokens;
  registryPackages: RegistryPackages;
  registryVersions: RegistryVersions;
  registrySubmissions: RegistrySubmissions;
  registryAdvisories: RegistryAdvisories;
  registryBlocks: RegistryBlocks;
}

export type Row<Table extends keyof Tables> = Selectable<Tables[Table]>;
export type NewRow<Table extends keyof Tables> = Insertable<Tables[Table]>;

export const jsonOrNull = (value: unknown): string | null => (value === null ? null : JSON.stringify(value));
