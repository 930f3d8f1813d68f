import type {
  Accounts,
  ActivityFeed,
  Advisories,
  ApiKeys,
  AutoUpdates,
  Backups,
  Builtins,
  Bundles,
  Catalog,
  Database,
  InForce,
  Configuration as InstallationConfiguration,
  Installations,
  Installer,
  InvocationGateway,
  Lifecycle,
  Locks,
  Newcomers,
  Notifications,
  Organizations,
  PackageTrust,
  Policies,
  PublisherKeys,
  Requests,
  SandboxReport,
  SecretBox,
  ViewCalls,
  ViewFaults,
} from "@patchbay/core";
import type { RegistryServices } from "../registry/registry-services.ts";
import type { SingleSignOnParts } from "../single-sign-on/single-sign-on-parts.ts";
import type { Sources } from "../sources/create-sources.ts";

/** The domain, as the routes use it. */
export interface Services {
  /** Patchbay's own. */
  readonly version: string;
  readonly database: Database;
  readonly secrets: SecretBox;
  readonly accounts: Accounts;
  readonly apiKeys: ApiKeys;
  readonly newcomers: Newcomers;
  /** null when people sign in with passwords only. */
  readonly singleSignOn: SingleSignOnParts | null;
  readonly organizations: Organizations;
  readonly policies: Policies;
  readonly requests: Requests;
  readonly builtins: Builtins;
  readonly trust: PackageTrust;
  readonly publisherKeys: PublisherKeys;
  readonly catalog: Catalog;
  readonly registry: RegistryServices;
  readonly installer: Installer;
  readonly lifecycle: Lifecycle;
  readonly configuration: InstallationConfiguration;
  readonly installations: Installations;
  readonly locks: Locks;
  readonly backups: Backups;
  readonly bundles: Bundles;
  readonly autoUpdates: AutoUpdates;
  readonly advisories: Advisories;
  readonly gateway: InvocationGateway;
  readonly inForce: InForce;
  readonly viewCalls: ViewCalls;
  readonly viewFaults: ViewFaults;
  readonly activity: ActivityFeed;
  readonly notifications: Notifications;
  /** Where packages come from, besides people who bring them. */
  readonly sources: Sources;
  /** A folder for uploads on their way into the store. */
  readonly uploads: string;
  /** Rejects while the server is starting or stopping. */
  ready(): Promise<void>;
  /** What the operating system holds sandboxes with; null where none run. */
  sandbox(): SandboxReport | null;
}
