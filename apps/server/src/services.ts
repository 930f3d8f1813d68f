import type {
  Accounts,
  Builtins,
  Catalog,
  Database,
  Configuration as InstallationConfiguration,
  Installations,
  Installer,
  InvocationGateway,
  Lifecycle,
  Organizations,
} from "@patchbay/core";

/** The domain, as the routes use it. */
export interface Services {
  /** Patchbay's own. */
  readonly version: string;
  readonly database: Database;
  readonly accounts: Accounts;
  readonly organizations: Organizations;
  readonly builtins: Builtins;
  readonly catalog: Catalog;
  readonly installer: Installer;
  readonly lifecycle: Lifecycle;
  readonly configuration: InstallationConfiguration;
  readonly installations: Installations;
  readonly gateway: InvocationGateway;
  /** A folder for uploads on their way into the store. */
  readonly uploads: string;
  /** Rejects while the server is starting or stopping. */
  ready(): Promise<void>;
}
