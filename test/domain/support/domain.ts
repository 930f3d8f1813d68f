import { createHash, randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  Accounts,
  ActivityFeed,
  ApiKeys,
  BlockList,
  createTrust,
  type Database,
  type DomainReader,
  hashToken,
  type Installation,
  type InstallRequest,
  Newcomers,
  type OrganizationRole,
  Organizations,
  type PackageVersion,
  type PasswordHasher,
  PluginSettings,
  Policies,
  type Principal,
  type ProjectRole,
  type Right,
  SecretBox,
  toolsDomain,
  type User,
  type World,
} from "@patchbay/core";
import { createEgress } from "@patchbay/egress";
import { UPSTREAM_PATIENCE } from "@patchbay/models";
import { PatchbayError } from "@patchbay/protocol";
import { Supervisor } from "@patchbay/runtime";
import { LocalArtifactStore } from "@patchbay/storage-objects";
import { PostgresDatabase } from "@patchbay/storage-postgres";
import { ServerMetrics } from "../../../apps/server/src/metrics/server-metrics.ts";
import { createMemoryServices } from "../../../apps/server/src/plugins-host/memory-services.ts";
import { createModelServices } from "../../../apps/server/src/plugins-host/model-services.ts";
import { createPluginServices } from "../../../apps/server/src/plugins-host/plugin-services.ts";
import { createRegistry } from "../../../apps/server/src/registry/registry-services.ts";
import { sourcesOver } from "../../../apps/server/src/sources/create-sources.ts";
import { GuestsInProcess } from "../../../packages/runtime/src/testing/guests-in-process.ts";
import { makePackage, type PluginSource } from "../../support/packages.ts";
import { createDatabase } from "./databases.ts";
import { DurableInProcess } from "./durable-in-process.ts";
import { MemoryMarketplace } from "./memory-marketplace.ts";
import type { TestPlugin } from "./plugins.ts";
import { SILENT } from "./silence.ts";

const SECRET_KEYS = [Buffer.alloc(32, 1)];
const VERSION = "1.0.0";
/** Files of a call, and of its answer, in bytes. */
export const MAX_FILE_BYTES = 1000;

/** Between attempts of an extraction: as many as usual, and no waiting. */
const EXTRACTION_PAUSES_MS = [1, 1, 1, 1];

/** Slow hashing is what a hash is for; here nobody guesses. */
const QUICK_PASSWORDS: PasswordHasher = {
  hash: async (password) => `plain ${password}`,
  verify: async (hash, password) => hash === `plain ${password}`,
};

/** The time of the domain, which goes on as it does and can be put forward. */
export interface Clock {
  now(): Date;
  pass(ms: number): void;
}

export type Domain = Awaited<ReturnType<typeof openDomain>>;

interface DomainOptions {
  /** What plugins may reach although it is not public. */
  readonly allowPrivate?: readonly string[];
}

/**
 * The services of the domain as the server wires them, over PostgreSQL, a folder and the real guest, each in a realm of this process
 * instead of a sandbox. Marketplaces alone are the test's own.
 */
export const openDomain = async ({ allowPrivate = ["127.0.0.1"] }: DomainOptions = {}) => {
  const folder = await mkdtemp(join(tmpdir(), "patchbay-domain-"));
  const database = await connect(await createDatabase(async (url) => (await connect(url)).close()));
  const artifacts = await LocalArtifactStore.open(folder);
  const clock = createClock();
  const world: World = {
    now: clock.now,
    newId: randomUUID,
    nodeId: "node",
    patchbayVersion: VERSION,
    log: SILENT,
  };
  const trustParts = createTrust(
    { secretKeys: SECRET_KEYS, sigstoreRoot: null },
    { database, artifacts, world },
  );
  const { intake, publisherKeys } = trustParts;
  const blocks = new BlockList(database.advisories);
  await blocks.load();
  const secrets = new SecretBox(SECRET_KEYS);
  const settings = new PluginSettings(database.settings, secrets);
  const market = new MemoryMarketplace("market");
  const second = new MemoryMarketplace("second");
  const sources = sourcesOver([market, second], NO_CODE_HOST, {
    database,
    intake,
    publisherKeys,
    secrets,
    blocks,
    settings,
    world,
    folder,
  });
  const egress = createEgress({ allowPrivate });
  const faults: unknown[] = [];
  const metrics = new ServerMetrics(VERSION);
  const services = await createPluginServices({
    database,
    artifacts,
    world,
    trust: { ...trustParts, blocks },
    sources,
    settings,
    egress,
    maxFileBytes: MAX_FILE_BYTES,
    localModels: true,
    openRuntime: (host) => {
      const onInternalFault = (error: unknown): void => void faults.push(error);
      return Supervisor.open(host, { sandboxes: new GuestsInProcess(onInternalFault), onInternalFault });
    },
    metrics,
  });
  const modelServices = createModelServices(services, {
    database,
    world,
    holder: async () => world.nodeId,
    patience: UPSTREAM_PATIENCE,
    metrics,
  });
  const { models, rules, hooks } = modelServices;
  const durable = new DurableInProcess((error) => void faults.push(error));
  const memory = createMemoryServices(modelServices, services, {
    database,
    durable,
    world,
    metrics,
    pausesMs: EXTRACTION_PAUSES_MS,
  });
  services.gate.complete({
    chat: modelServices.domain,
    memory: memory.domain,
    tools: toolsDomain(services.gateway, services.inForce),
  });
  database.changes.subscribe((change) => {
    if (change.kind === "models") rules.changed(change.organizationId);
    if (change.kind === "models" || change.kind === "installation") hooks.changed(change.organizationId);
    if (change.kind === "settings") models.settingsChanged(change.id);
    if (change.kind === "installation" || change.kind === "everything") models.pluginsChanged();
    if (change.kind === "publisher") publisherKeys.forget(change.id);
    if (change.kind === "settings") settings.forget(change.id);
    services.onChange(change);
  });
  const organizations = new Organizations(database, world);
  const websites = new Map<string, string[]>();
  const registry = createRegistry({ database, artifacts, domains: readerOf(websites), world });
  const close = async (): Promise<void> => {
    await registry.installs.close();
    await durable.halt();
    await services.close();
    await egress.close();
    await database.close();
    await rm(folder, { recursive: true, force: true });
  };
  return {
    ...services,
    models,
    hooks,
    rules,
    memory,
    ...sources,
    ...trustParts,
    database,
    artifacts,
    blocks,
    clock,
    world,
    settings,
    market,
    second,
    organizations,
    accounts: new Accounts(database, QUICK_PASSWORDS, world),
    apiKeys: new ApiKeys(database, world),
    newcomers: new Newcomers(database, organizations, QUICK_PASSWORDS, world),
    activity: new ActivityFeed(database.changes, services.directory),
    registry,
    /** What stands at names of the DNS and at addresses, as lines. */
    websites,
    policies: new Policies(database, trustParts.trust),
    folder,
    close,
  };
};

/** Work at the same time really is: it does not wait for a connection to be opened, one after the other. */
const CONNECTIONS = 8;

const connect = async (connectionString: string): Promise<PostgresDatabase> => {
  const config = { connectionString, max: CONNECTIONS, idleTimeoutMillis: 0 };
  const database = await PostgresDatabase.connect(config, SILENT);
  await Promise.all(Array.from({ length: CONNECTIONS }, () => database.ping()));
  return database;
};

const readerOf = (websites: ReadonlyMap<string, readonly string[]>): DomainReader => ({
  txt: async (name) => websites.get(name) ?? [],
  text: async (url) => (websites.get(url.href) ?? []).join("\n"),
});

const createClock = (): Clock => {
  let aheadMs = 0;
  return {
    now: () => new Date(Date.now() + aheadMs),
    pass: (ms) => {
      aheadMs += ms;
    },
  };
};

const nowhere = async (): Promise<never> => {
  throw new PatchbayError("repository_not_found", "There is no such repository.");
};
const NO_CODE_HOST = { findRelease: nowhere, download: nowhere, listReleases: nowhere, readFile: nowhere };

/** An organization of a test's own. */
export class TestOrganization {
  readonly domain: Domain;
  readonly id: string;
  readonly slug: string;
  readonly owner: Principal;

  private constructor(domain: Domain, { id, slug }: { id: string; slug: string }, owner: Principal) {
    this.domain = domain;
    this.id = id;
    this.slug = slug;
    this.owner = owner;
  }

  /** With its projects `default`, `web` and `app`. */
  static async create(domain: Domain): Promise<TestOrganization> {
    const slug = `o-${randomUUID().slice(0, 13)}`;
    const { id } = await createUser(domain.database);
    const user = await domain.database.accounts.findUser(id);
    if (user === null) throw new Error("A new person is not there.");
    const organization = await domain.organizations.createFor(user, { slug, name: slug });
    for (const project of ["web", "app"])
      await domain.database.organizations.createProject({
        id: randomUUID(),
        organizationId: organization.id,
        slug: project,
        name: project,
      });
    return new TestOrganization(domain, organization, await principalOf(domain, id));
  }

  /** Somebody new. */
  async join(
    role: OrganizationRole,
    projects: Readonly<Record<string, ProjectRole>> = {},
    more: Partial<User> = {},
  ): Promise<Principal> {
    const { organizations } = this.domain.database;
    const { id } = await createUser(this.domain.database, more);
    await organizations.setMember(this.id, id, role);
    for (const [slug, projectRole] of Object.entries(projects)) {
      const project = await organizations.findProject(this.id, slug);
      if (project === null) throw new Error(`There is no project ${slug}.`);
      await organizations.setProjectMember(this.id, project.id, id, projectRole);
    }
    return await principalOf(this.domain, id);
  }

  /** The same for somebody who is somewhere else, or was here. */
  async add({ user: { id } }: Principal, role: OrganizationRole): Promise<Principal> {
    await this.domain.database.organizations.setMember(this.id, id, role);
    return await principalOf(this.domain, id);
  }

  /** Somebody by an API key of theirs with these rights. */
  async keyOf(maker: Principal, rights: readonly Right[], expiresAt: Date | null = null): Promise<Principal> {
    const { token } = await this.domain.apiKeys.create(maker, this.slug, { name: "key", rights, expiresAt });
    const holder = await this.domain.accounts.principalOfKey(hashToken(token));
    if (holder === null) throw new Error("A new key is not there.");
    return holder;
  }

  /** Puts a plugin into the catalog, as it would be there after it was uploaded. */
  async bring(
    { manifest, script }: TestPlugin,
    more: Partial<Omit<PackageVersion, "seal">> = {},
  ): Promise<PackageVersion> {
    const { artifacts, database, trust } = this.domain;
    const scriptDigest = digestOf(script);
    if (!(await artifacts.has(scriptDigest))) await artifacts.put(scriptDigest, Buffer.from(script));
    const row = {
      id: randomUUID(),
      organizationId: this.id,
      pluginId: manifest.id,
      version: manifest.version,
      digest: digestOf(JSON.stringify([manifest, script])),
      sizeBytes: script.length,
      scriptDigest,
      uiDigest: null,
      readmeDigest: null,
      changelogDigest: null,
      icon: null,
      manifest,
      source: "upload",
      badge: "private",
      origin: null,
      broughtFor: null,
      signature: null,
      provenance: null,
      ...more,
    } as const;
    const { version } = await database.catalog.addVersion({ ...row, seal: trust.sealOf(row) });
    return version;
  }

  /** Uploads a package. */
  async upload(source: PluginSource, by: Principal = this.owner): Promise<PackageVersion> {
    const { catalog } = this.domain;
    const authority = catalog.authorizeUpload(by, this.slug, "upload");
    return (await catalog.upload(authority, await this.fileOf(source), "upload")).version;
  }

  /** The path of a package. */
  async fileOf(source: PluginSource): Promise<string> {
    const path = join(this.domain.folder, `${randomUUID()}.zip`);
    await writeFile(path, await makePackage(source));
    return path;
  }

  /** Brings a plugin and has the owner install it; and enable it, unless told otherwise. */
  async install(
    plugin: TestPlugin,
    { isOn = true, ...request }: Omit<InstallRequest, "plugin"> & { readonly isOn?: boolean } = {},
  ): Promise<Installation> {
    await this.bring(plugin);
    const { installer, switching } = this.domain;
    const { id } = plugin.manifest;
    const { installation } = await installer.install(this.owner, this.slug, { plugin: id, ...request });
    return isOn ? await switching.enable(this.owner, this.slug, id) : installation;
  }

  /** Titles of what somebody who sees every plugin was told, the newest first. */
  async titlesFor({ user }: Principal): Promise<string[]> {
    const reader = { userId: user.id, projects: "all", plugins: "all" } as const;
    const query = { unread: false, limit: 50 };
    const { items } = await this.domain.database.notifications.list(this.id, reader, query);
    return items.map(({ title }) => title);
  }

  /** Somebody as they are known from now on: what they belong to, and the policy, are those of this moment. */
  again({ user }: Principal): Promise<Principal> {
    return principalOf(this.domain, user.id);
  }

  /** Actions of the history about a plugin, the oldest first. */
  async history(pluginId?: string): Promise<string[]> {
    const { items } = await this.domain.database.audit.list(this.id, {
      limit: 100,
      ...(pluginId !== undefined && { pluginId }),
    });
    return items.map(({ action }) => action).toReversed();
  }
}

const digestOf = (text: string): string => createHash("sha256").update(text).digest("hex");

const createUser = async (database: Database, more: Partial<User> = {}) => {
  const id = randomUUID();
  const email = `${id.slice(0, 13)}@example.org`;
  return await database.accounts.createUser({
    id,
    email,
    name: email,
    passwordHash: null,
    deploymentAdmin: false,
    preparedBy: null,
    ...more,
  });
};

const principalOf = async ({ database }: Domain, userId: string): Promise<Principal> => {
  const user = await database.accounts.findUser(userId);
  if (user === null) throw new Error("There is no such person.");
  return { kind: "person", user, key: null, memberships: await database.organizations.membershipsOf(userId) };
};

/** What a refusal is called; `null` when there is none. */
export const codeOf = async (work: Promise<unknown>): Promise<string | null> =>
  await work.then(
    () => null,
    (error: unknown) => {
      if (error instanceof PatchbayError) return error.code;
      throw error;
    },
  );
