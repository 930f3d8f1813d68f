import { randomUUID } from "node:crypto";
import type { Database, DomainLog, Installation, PackageVersion, User } from "@patchbay/core";
import { PatchbayError } from "@patchbay/protocol";

/** What every part of the suite works on: one database for all, so each test makes its own people, organizations and so on. */
export interface Subject {
  readonly database: Database;
  /** Another node on the same database. */
  readonly other: Database;
  /** Ends all connections that listen for changes, from outside. */
  breakChangeFeeds(): Promise<void>;
  /** A statement from outside, for what else only time would bring about. */
  execute(statement: string): Promise<void>;
}

export const SILENT: DomainLog = { info: () => undefined, warn: () => undefined, error: () => undefined };

export const newUser = async (database: Database): Promise<User> => {
  const id = randomUUID();
  return await database.accounts.createUser({
    id,
    email: `${id}@example.org`,
    name: "Ada",
    passwordHash: null,
    deploymentAdmin: false,
    preparedBy: null,
  });
};

/** The id of a new organization. */
export const newOrganization = async (database: Database): Promise<string> => {
  const id = randomUUID();
  await database.organizations.createOrganization({ id, slug: `org-${id}`, name: "Acme" });
  return id;
};

export const installationOf = (
  organizationId: string,
  pluginId = `plugin-${randomUUID()}`,
): Omit<Installation, "revision" | "createdAt" | "updatedAt"> => ({
  id: randomUUID(),
  organizationId,
  pluginId,
  version: "1.0.0",
  previous: null,
  state: "disabled",
  source: "upload",
  badge: "private",
  scope: { projects: "all" },
  grants: [],
  transition: null,
  lastError: null,
});

export const newInstallation = async (database: Database): Promise<Installation> =>
  await database.installations.create(installationOf(await newOrganization(database)));

export const packageOf = (
  change: Partial<Omit<PackageVersion, "createdAt">> & {
    readonly about?: Partial<PackageVersion["manifest"]>;
  },
): Omit<PackageVersion, "createdAt"> => {
  const { about, ...rest } = change;
  const pluginId = change.pluginId ?? `plugin-${randomUUID()}`;
  const version = change.version ?? "1.0.0";
  const manifest = {
    manifestVersion: 1,
    id: pluginId,
    name: "A plugin",
    version,
    description: "Does things.",
    author: { name: "Somebody" },
    category: "utility",
    engines: { patchbay: "^1.0.0" },
    ...about,
  } as unknown as PackageVersion["manifest"];
  return {
    id: randomUUID(),
    organizationId: null,
    digest: "a".repeat(64),
    sizeBytes: 1_000,
    scriptDigest: null,
    uiDigest: null,
    readmeDigest: null,
    changelogDigest: null,
    icon: null,
    source: "upload",
    badge: "private",
    origin: null,
    signature: null,
    provenance: null,
    broughtFor: null,
    seal: null,
    ...rest,
    pluginId,
    version,
    manifest,
  };
};

/** The code with which the work is refused; the value's own text when it is not, so that a test shows it. */
export const refusal = async (work: Promise<unknown>): Promise<string> => {
  try {
    return `succeeded with ${JSON.stringify(await work)}`;
  } catch (error) {
    if (error instanceof PatchbayError) return error.code;
    throw error;
  }
};

export const times = <T>(count: number, work: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => work(index)));
