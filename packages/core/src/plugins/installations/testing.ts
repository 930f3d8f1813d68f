import type { Manifest } from "@patchbay/protocol";
import type { Principal } from "../../access/caller.ts";
import { DEFAULT_POLICY, type OrganizationPolicy } from "../../model/policy.ts";
import type { OrganizationRole, ProjectRole } from "../../model/rights.ts";
import type { NewAuditEvent } from "../../ports/audit-store.ts";
import type { PackageVersion } from "../../ports/catalog-store.ts";
import type { Database } from "../../ports/database.ts";
import type { Installation, InstallationChange } from "../../ports/installation-store.ts";
import type { PluginRuntime, PluginSpec } from "../../ports/plugin-runtime.ts";
import type { World } from "../../world.ts";
import { PluginSettings } from "../settings/plugin-settings.ts";
import { SecretBox } from "../settings/secret-box.ts";
import type { Sourcing } from "../sources/sourcing.ts";
import { BlockList } from "../trust/block-list.ts";
import { PackageTrust } from "../trust/package-trust.ts";
import { PublisherKeys } from "../trust/publisher-keys.ts";
import { RecordSeal } from "../trust/record-seal.ts";
import { InstallationContext } from "./installation-context.ts";
import { InstallationDirectory } from "./installation-directory.ts";

export const packageOf = (
  pluginId: string,
  version = "1.0.0",
  more: Partial<Manifest> = {},
): PackageVersion => ({
  id: `${pluginId} ${version}`,
  organizationId: "org",
  pluginId,
  version,
  digest: `${pluginId} ${version}`,
  sizeBytes: 1,
  scriptDigest: `script of ${pluginId} ${version}`,
  uiDigest: null,
  readmeDigest: null,
  changelogDigest: null,
  icon: null,
  manifest: {
    id: pluginId,
    name: pluginId,
    version,
    description: "A plugin of the tests.",
    author: { name: "Tests" },
    category: "utility",
    engines: { patchbay: "^1.0.0" },
    main: "plugin.js",
    ...more,
  },
  source: "upload",
  badge: "private",
  origin: null,
  broughtFor: null,
  signature: null,
  provenance: null,
  seal: null,
  createdAt: new Date(0),
});

export const installed = (pluginId: string, more: Partial<Installation> = {}): Installation => ({
  id: `installation of ${pluginId}`,
  organizationId: "org",
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
  revision: 1,
  createdAt: new Date(0),
  updatedAt: new Date(0),
  ...more,
});

/** Somebody of the organization `org`. */
export const somebody = (
  role: OrganizationRole,
  projects: Readonly<Record<string, ProjectRole>> = {},
  policy: Partial<OrganizationPolicy> = {},
): Principal => ({
  kind: "person",
  user: {
    id: role,
    email: `${role}@example.org`,
    name: role,
    passwordHash: null,
    preparedBy: null,
    deploymentAdmin: false,
    createdAt: new Date(0),
  },
  key: null,
  memberships: [
    {
      organization: { id: "org", slug: "org", name: "Org", createdAt: new Date(0) },
      role,
      policy: { ...DEFAULT_POLICY, ...policy },
      projects: new Map(Object.entries(projects)),
    },
  ],
});

/** What happened: steps of the history, and what was asked of sandboxes. */
export interface Told {
  readonly steps: NewAuditEvent[];
  readonly runtime: string[];
}

const WORLD: World = {
  now: () => new Date(0),
  newId: () => "id",
  nodeId: "node",
  patchbayVersion: "1.0.0",
  log: { info: () => undefined, warn: () => undefined, error: () => undefined },
};

/**
 * An organization's installations in memory, with the parts that are about them; the stores and sandboxes alone are stand-ins. A start
 * fails where `fails` gives a reason.
 */
export const contextOver = async (
  installations: readonly Installation[],
  packages: readonly PackageVersion[],
  fails: (spec: PluginSpec) => Error | null = () => null,
): Promise<{
  context: InstallationContext;
  told: Told;
  stateOf: (plugin: string) => Installation | undefined;
}> => {
  const held = new Map(installations.map((one) => [one.pluginId, one]));
  const told: Told = { steps: [], runtime: [] };
  const versionsOf = (plugin: string) =>
    packages
      .filter(({ pluginId }) => pluginId === plugin)
      .toSorted((one, other) => (one.version < other.version ? 1 : -1));
  const stores = {
    installations: {
      list: async () => [...held.values()],
      find: async (_: string, plugin: string) => held.get(plugin) ?? null,
      listInTransition: async () => [...held.values()].filter(({ transition }) => transition !== null),
      lockAll: async () => undefined,
      change: async (id: string, _revision: number, change: InstallationChange) => {
        const before = [...held.values()].find((one) => one.id === id);
        if (before === undefined) throw new Error(`There is no installation ${id}.`);
        const changed = { ...before, ...change, revision: before.revision + 1 };
        held.set(before.pluginId, changed);
        return changed;
      },
    },
    catalog: {
      listInstalled: async () => Map.groupBy(packages, ({ pluginId }) => pluginId),
      listVersions: async (_: string, plugin: string) => versionsOf(plugin),
      findVersion: async (_: string, plugin: string, version: string) =>
        versionsOf(plugin).find((one) => one.version === version) ?? null,
      holdVersion: async () => undefined,
    },
    settings: { list: async () => [] },
    audit: { append: async (event: NewAuditEvent) => void told.steps.push(event) },
    autoUpdates: { findRules: async () => null },
    requests: { endWaiting: async () => [] },
    advisories: { listBlocks: async () => [] },
    publisherKeys: { list: async () => [] },
  };
  const database = {
    ...stores,
    transaction: async <T>(work: (inside: typeof stores) => Promise<T>) => await work(stores),
  } as unknown as Database;
  const runtime = {
    start: async (spec: PluginSpec) => {
      told.runtime.push(`start ${spec.pluginId} ${spec.version}`);
      const error = fails(spec);
      if (error !== null) throw error;
    },
    retire: async (id: string, keep?: PluginSpec) =>
      void told.runtime.push(`retire ${id}${keep === undefined ? "" : ` but ${keep.version}`}`),
    forgive: () => undefined,
  } as unknown as PluginRuntime;
  const seal = new RecordSeal([Buffer.alloc(32, 1)]);
  const keys = new PublisherKeys(database, seal, WORLD);
  const trust = new PackageTrust({
    keys,
    seal,
    sigstoreRoot: null,
    world: WORLD,
    admitAgain: async (version) => version,
  });
  const blocks = new BlockList(database.advisories);
  await blocks.load();
  const sourcing = {
    bringUpdate: async (_: unknown, { pluginId }: Installation, { version }: { version?: string }) =>
      version ?? versionsOf(pluginId)[0]?.version ?? "",
  } as unknown as Sourcing;
  const context = new InstallationContext({
    database,
    directory: new InstallationDirectory(database),
    runtime,
    settings: new PluginSettings(database.settings, new SecretBox([Buffer.alloc(32, 1)])),
    trust,
    blocks,
    sourcing,
    world: WORLD,
  });
  return { context, told, stateOf: (plugin) => held.get(plugin) };
};
