import { randomUUID } from "node:crypto";
import { readdir } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  Accounts,
  ActivationCheck,
  ActivityFeed,
  ArtifactCollection,
  type ArtifactStore,
  ArtifactSynchronization,
  BlockList,
  Builtins,
  Bundles,
  CallMetrics,
  Catalog,
  type Change,
  createTrust,
  type Database,
  type DomainLog,
  fetchDomain,
  Housekeeping,
  Configuration as InstallationConfiguration,
  InstallationContext,
  InstallationDirectory,
  Installations,
  Installer,
  InvocationGateway,
  Lifecycle,
  Locks,
  metricsDomain,
  Notifications,
  Organizations,
  PermissionGate,
  type PluginRuntime,
  PluginSettings,
  Policies,
  type PublisherKeys,
  Requests,
  ResourceSampler,
  RevocationWatch,
  type RuntimeHost,
  SecretBox,
  storageDomain,
  uiDomain,
  ViewCalls,
  ViewFaults,
  Views,
  type World,
} from "@patchbay/core";
import type { PatchbayError } from "@patchbay/protocol";
import { createEgress, Supervisor } from "@patchbay/runtime";
import { PostgresDatabase } from "@patchbay/storage-postgres";
import { startEmbeddedPostgres } from "@patchbay/storage-postgres/embedded";
import type { Logger } from "pino";
import packageJson from "../package.json" with { type: "json" };
import { openArtifacts } from "./artifacts/server-artifacts.ts";
import type { Configuration } from "./config/configuration.ts";
import { type DataFolder, openDataFolder } from "./config/data-folder.ts";
import { createFirstAdministrator } from "./first-administrator.ts";
import { createApp } from "./http/app.ts";
import type { App } from "./http/route.ts";
import { argon2Passwords } from "./plugins-host/argon2-passwords.ts";
import { LogWriter } from "./plugins-host/log-writer.ts";
import { createDomainReader } from "./registry/domain-reader.ts";
import { NO_SANDBOXES } from "./registry/no-sandboxes.ts";
import { createRegistry } from "./registry/registry-services.ts";
import { ServerMetrics } from "./server-metrics.ts";
import type { Services } from "./services.ts";
import { createSingleSignOn } from "./single-sign-on/single-sign-on-parts.ts";
import { createSources, type OwnAddress, refreshOffers } from "./sources/create-sources.ts";

/** Where packed built-in plugins lie: made by the build, beside the sources. */
const BUILTINS_FOLDER = join(import.meta.dirname, "../../../build/plugins");
const TIDY_EVERY_MS = 5 * 60 * 1000;
/** How long a start waits for artifacts that enabled plugins need; what is missing then is fetched meanwhile, or when it is used. */
const SYNCHRONIZATION_WAIT_MS = 3_000;
/** How often it is read what sandboxes use: a reading takes a tenth of a millisecond for each. */
const SAMPLE_EVERY_MS = 5_000;

export interface RunningServer {
  /** Where browsers and clients find it. */
  readonly url: string;
  /** A one-time address for the first administrator; null when there is one. */
  readonly setupUrl: string | null;
  /** Stops everything that was started, in order. May be called more than once. */
  close(): Promise<void>;
}

/** Starts everything: database, stores, domain, sandboxes, HTTP. Throws after taking back what it had started. */
export const startServer = async (configuration: Configuration, log: Logger): Promise<RunningServer> => {
  const closers: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) {
      await closer().catch((error: unknown) => log.warn({ err: error }, "a part did not stop cleanly"));
    }
  };
  try {
    const folder = await openDataFolder(configuration.dataDir);
    const database = await openDatabase(configuration, log, closers);
    const node = await composeNode(configuration, folder, database, log, closers);
    return { ...(await serve(configuration, node, log, closers)), close };
  } catch (error) {
    await close();
    throw error;
  }
};

const openDatabase = async (
  configuration: Configuration,
  log: Logger,
  closers: (() => Promise<void>)[],
): Promise<Database> => {
  const domainLog = asDomainLog(log);
  if (configuration.databaseUrl !== null) {
    const database = await PostgresDatabase.connect(
      { connectionString: configuration.databaseUrl },
      domainLog,
    );
    closers.push(() => database.close());
    return database;
  }
  const embedded = await startEmbeddedPostgres({ dataDir: configuration.dataDir, log });
  closers.push(() => embedded.stop());
  const database = await PostgresDatabase.connect(embedded.connection, domainLog);
  closers.push(() => database.close());
  return database;
};

interface Node {
  readonly services: Services;
  readonly metrics: ServerMetrics;
  readonly housekeeping: Housekeeping;
  readonly synchronization: ArtifactSynchronization;
  /** To be told once the server listens. */
  readonly own: OwnAddress;
}

const composeNode = async (
  configuration: Configuration,
  folder: DataFolder,
  database: Database,
  log: Logger,
  closers: (() => Promise<void>)[],
): Promise<Node> => {
  const world: World = {
    now: () => new Date(),
    newId: randomUUID,
    nodeId: folder.nodeId,
    patchbayVersion: packageJson.version,
    log: asDomainLog(log),
  };
  const { store: artifacts, close: closeArtifacts } = await openArtifacts(
    folder.artifacts,
    configuration.s3,
    database.artifacts,
    log,
  );
  closers.push(closeArtifacts);
  const secretKeys = configuration.secretKeys ?? [await folder.secretKey()];
  const secrets = new SecretBox(secretKeys);
  const { publisherKeys, trust, intake } = createTrust(
    { secretKeys, sigstoreRoot: configuration.sigstoreRoot },
    { database, artifacts, world },
  );
  const blocks = new BlockList(database.advisories);
  await blocks.load();
  const settings = new PluginSettings(database.settings, secrets);
  const directory = new InstallationDirectory(database);
  const egress = createEgress({ allowPrivate: configuration.egressAllowPrivate });
  closers.push(() => egress.close());
  const callMetrics = new CallMetrics();
  const gate = new PermissionGate(
    (call) => directory.inForce(call),
    {
      ...storageDomain(database.pluginData),
      ...fetchDomain(egress, settings),
      ...metricsDomain(database, callMetrics, world),
      ...uiDomain(database.notifications, world),
    },
    world,
  );
  const logs = new LogWriter(database.logs, world.log);
  closers.push(() => logs.flush());
  const late: { lifecycle?: Lifecycle } = {};
  const host = runtimeHost({
    artifacts,
    gate,
    directory,
    settings,
    logs,
    log,
    failed: (spec, error) => late.lifecycle?.markFailed(spec, error),
    check: new ActivationCheck({
      catalog: database.catalog,
      directory,
      trust,
      blocks,
      fail: async (spec, error) => await late.lifecycle?.markFailed(spec, error),
    }),
  });
  const runtime =
    configuration.role === "registry"
      ? NO_SANDBOXES
      : await Supervisor.open(host, {
          onInternalFault: (error) => log.error({ err: error }, "the sandbox runtime failed"),
        });
  closers.push(() => runtime.close());
  const own: OwnAddress = { listening: "", public: "" };
  const sources = createSources(configuration.sources, {
    ...{ database, intake, publisherKeys, secrets, blocks, world, own },
    folder: folder.uploads,
  });
  const { sourcing } = sources;
  const context = new InstallationContext({
    ...{ database, directory, runtime, settings, trust, blocks, sourcing, world },
  });
  const lifecycle = new Lifecycle(context);
  late.lifecycle = lifecycle;
  const installer = new Installer(context);
  const revocations = new RevocationWatch({
    ...{ catalog: database.catalog, runtime, trust, log: world.log },
    fail: (caller, error) => lifecycle.markFailed(caller, error),
  });
  const unsubscribe = database.changes.subscribe((change) => {
    forget(change, { directory, settings, runtime, publisherKeys });
    if (change.kind === "publisher") void revocations.lookAt(change.id);
  });
  closers.push(async () => unsubscribe());
  const accounts = new Accounts(database, argon2Passwords, world);
  const sampler = new ResourceSampler(runtime, callMetrics, world);
  const sampling = setInterval(() => sampler.sample(), SAMPLE_EVERY_MS);
  closers.push(async () => clearInterval(sampling));
  const gateway = new InvocationGateway(directory, runtime, callMetrics);
  const setUp = new InstallationConfiguration(context);
  const locks = new Locks({ context, installer, lifecycle, configuration: setUp });
  const services: Services = {
    version: packageJson.version,
    database,
    accounts,
    singleSignOn: createSingleSignOn(configuration.openId, { database, accounts, secrets, world }),
    organizations: new Organizations(database, world),
    policies: new Policies(database, trust),
    requests: new Requests(context, installer),
    builtins: new Builtins({ database, intake, installer, lifecycle, world }),
    trust,
    publisherKeys,
    catalog: new Catalog(database, artifacts, intake),
    installer,
    lifecycle,
    configuration: setUp,
    locks,
    bundles: new Bundles({ database, artifacts, intake, locks, world }),
    installations: new Installations(context, callMetrics, sampler),
    gateway,
    views: new Views(database, trust),
    viewCalls: new ViewCalls({ gateway, gate, settings, world, log: (id, lines) => logs.add(id, lines) }),
    viewFaults: new ViewFaults(context, lifecycle, (id, lines) => logs.add(id, lines)),
    activity: new ActivityFeed(database.changes, directory),
    notifications: new Notifications(database),
    registry: createRegistry({ database, artifacts, domains: createDomainReader(egress), world }, closers),
    sources,
    uploads: folder.uploads,
    ready: () => database.ping(),
  };
  const synchronization = new ArtifactSynchronization(database, artifacts, world);
  const collection = new ArtifactCollection(database, artifacts, world);
  return {
    services,
    metrics: new ServerMetrics(runtime),
    housekeeping: new Housekeeping(
      configuration.role === "registry"
        ? { database, collection, world, lifecycle: NOTHING_INSTALLED, synchronization: NOTHING_NEEDED }
        : { database, collection, world, lifecycle, synchronization },
    ),
    synchronization,
    own,
  };
};

/** A registry alone leaves installations to other nodes, and needs no artifact beforehand. */
const NOTHING_INSTALLED = { recover: async () => undefined };
const NOTHING_NEEDED = { run: async () => ({ needed: 0, fetched: 0, failed: 0 }) };

const runtimeHost = (parts: {
  artifacts: ArtifactStore;
  gate: PermissionGate;
  directory: InstallationDirectory;
  settings: PluginSettings;
  logs: LogWriter;
  log: Logger;
  check: ActivationCheck;
  failed: (spec: Parameters<RuntimeHost["gaveUp"]>[0], error: PatchbayError) => Promise<void> | undefined;
}): RuntimeHost => ({
  beforeStart: (spec) => parts.check.requireGood(spec),
  loadScript: async (digest) => (await parts.artifacts.read(digest)).toString("utf8"),
  hostCall: (call) => parts.gate.handle(call),
  settings: async (spec, project) => {
    const call = {
      spec,
      method: "settings",
      params: null,
      attachment: new Uint8Array(),
      signal: AbortSignal.abort(),
    };
    const inForce = await parts.directory.inForce(call);
    return inForce === null
      ? {}
      : await parts.settings.forPlugin(spec.installationId, inForce.manifest, project ?? null);
  },
  log: (spec, lines) => parts.logs.add(spec.installationId, lines),
  gaveUp: (spec, error) => {
    parts.log.warn(
      { plugin: spec.pluginId, version: spec.version, code: error.code, reason: error.message },
      "a plugin was given up",
    );
    void Promise.resolve(parts.failed(spec, error)).catch((cause: unknown) =>
      parts.log.error({ err: cause }, "a failed plugin could not be marked"),
    );
  },
});

/** A change on any node: what this one holds of it is read anew. */
const forget = (
  change: Change,
  {
    directory,
    settings,
    runtime,
    publisherKeys,
  }: {
    directory: InstallationDirectory;
    settings: PluginSettings;
    runtime: PluginRuntime;
    publisherKeys: PublisherKeys;
  },
): void => {
  switch (change.kind) {
    case "installation":
      directory.forget(change.id);
      return;
    case "settings":
      settings.forget(change.id);
      runtime.settingsChanged(change.id);
      return;
    case "publisher":
      publisherKeys.forget(change.id);
      return;
    case "everything":
      directory.forgetAll();
      settings.forgetAll();
      publisherKeys.forgetAll();
      return;
    default:
      return;
  }
};

const serve = async (
  configuration: Configuration,
  { services, metrics, housekeeping, synchronization, own }: Node,
  log: Logger,
  closers: (() => Promise<void>)[],
) => {
  let origin = configuration.publicUrl?.origin ?? "";
  const app = await createApp({
    services,
    metrics,
    logger: log,
    origin: () => origin,
    role: configuration.role,
  });
  closers.push(async () => await app.close());
  await createFirstAdministrator(configuration, services);
  if (configuration.role === "all") await preparePlugins(services, housekeeping, synchronization, log);
  await listen(app, configuration);
  const listening = `http://${hostInUrl(configuration.host)}:${(app.server.address() as AddressInfo).port}`;
  if (configuration.publicUrl === null) origin = listening;
  Object.assign(own, { listening, public: origin });
  if (configuration.role === "all") closers.push(refreshOffers(services.sources.refresh, log));
  const tidying = setInterval(
    () => void housekeeping.tidy().catch((error: unknown) => log.warn({ err: error }, "tidying failed")),
    TIDY_EVERY_MS,
  );
  closers.push(async () => clearInterval(tidying));
  const setupToken = await services.accounts.createSetupToken();
  return { url: origin, setupUrl: setupToken === null ? null : `${origin}/setup#${setupToken}` };
};

const preparePlugins = async (
  { builtins }: Services,
  housekeeping: Housekeeping,
  synchronization: ArtifactSynchronization,
  log: Logger,
): Promise<void> => {
  await builtins.admit(await builtinPackages());
  await housekeeping.recoverOwn();
  await builtins.spread();
  await Promise.race([
    synchronization
      .run()
      .catch((error: unknown) => log.warn({ err: error }, "artifacts were not looked for")),
    sleep(SYNCHRONIZATION_WAIT_MS, undefined, { ref: false }),
  ]);
};

const listen = async (app: App, { host, port }: Configuration): Promise<void> => {
  try {
    await app.listen({ host, port });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    throw new Error(
      `Port ${port} of ${host} is in use. Stop what listens there, or set PATCHBAY_PORT to another port (0 picks a free one).`,
    );
  }
};

const hostInUrl = (host: string): string => {
  if (host === "0.0.0.0" || host === "::") return "127.0.0.1";
  return host.includes(":") ? `[${host}]` : host;
};

const builtinPackages = async (): Promise<string[]> => {
  const names = await readdir(BUILTINS_FOLDER).catch(() => []);
  return names
    .filter((name) => name.endsWith(".zip"))
    .sort()
    .map((name) => join(BUILTINS_FOLDER, name));
};

const asDomainLog = (log: Logger): DomainLog => ({
  info: (facts, message) => log.info(facts, message),
  warn: (facts, message) => log.warn(facts, message),
  error: (facts, message) => log.error(facts, message),
});
