import { randomUUID } from "node:crypto";
import {
  Accounts,
  ActivationCheck,
  ActivityFeed,
  Advisories,
  ApiKeys,
  ArtifactCollection,
  ArtifactSynchronization,
  AutoUpdates,
  AvailableVersions,
  Backups,
  BlockEnforcement,
  BlockList,
  Builtins,
  Bundles,
  CallMetrics,
  Catalog,
  createTrust,
  type Database,
  Housekeeping,
  Configuration as InstallationConfiguration,
  InstallationContext,
  InstallationDirectory,
  Installations,
  Installer,
  InvocationGateway,
  Lifecycle,
  Locks,
  Newcomers,
  Notifications,
  Organizations,
  PermissionGate,
  PluginSettings,
  Policies,
  Requests,
  ResourceSampler,
  RevocationWatch,
  SecretBox,
  serveDomains,
  ViewCalls,
  ViewFaults,
  Views,
  type World,
} from "@patchbay/core";
import { createEgress, HttpClient } from "@patchbay/egress";
import { Supervisor } from "@patchbay/runtime";
import type { Logger } from "pino";
import packageJson from "../package.json" with { type: "json" };
import { openArtifacts } from "./artifacts/server-artifacts.ts";
import type { Configuration } from "./config/configuration.ts";
import type { DataFolder } from "./config/data-folder.ts";
import { asDomainLog } from "./domain-log.ts";
import type { Services } from "./http/services.ts";
import { ServerMetrics } from "./metrics/server-metrics.ts";
import { argon2Passwords } from "./plugins-host/argon2-passwords.ts";
import { forgetStale } from "./plugins-host/forget-stale.ts";
import { LogWriter } from "./plugins-host/log-writer.ts";
import { runtimeHost } from "./plugins-host/runtime-host.ts";
import { createDomainReader } from "./registry/domain-reader.ts";
import { NO_SANDBOXES } from "./registry/no-sandboxes.ts";
import { createRegistry } from "./registry/registry-services.ts";
import { openSecretKeys } from "./secret-keys.ts";
import { createSingleSignOn } from "./single-sign-on/single-sign-on-parts.ts";
import { createSources, type OwnAddress } from "./sources/create-sources.ts";

/** A registry alone leaves installations to other nodes, and needs no artifact beforehand. */
const NOTHING_INSTALLED = { recover: async () => undefined, isLeft: () => false };
const NOTHING_NEEDED = { run: async () => ({ needed: 0, fetched: 0, failed: 0 }) };

/** The domain and its surroundings on one machine. */
export interface Node {
  readonly services: Services;
  readonly metrics: ServerMetrics;
  readonly housekeeping: Housekeeping;
  readonly synchronization: ArtifactSynchronization;
  readonly sampler: ResourceSampler;
  /** To be told once the server listens. */
  readonly own: OwnAddress;
}

/** Builds everything between the database and the routes. `closers` learns how to end it, in the order in which it was started. */
export const composeNode = async (
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
  const secretKeys = await openSecretKeys(configuration.secretKeys, folder, database.secretKeys);
  const secrets = new SecretBox(secretKeys);
  const { publisherKeys, trust, intake } = createTrust(
    { secretKeys, sigstoreRoot: configuration.sigstoreRoot },
    { database, artifacts, world },
  );
  const blocks = new BlockList(database.advisories);
  await blocks.load();
  const settings = new PluginSettings(database.settings, secrets);
  const directory = new InstallationDirectory(database);
  const way = { allowPrivate: configuration.egressAllowPrivate, proxies: configuration.proxies };
  const egress = createEgress(way);
  closers.push(() => egress.close());
  const client = new HttpClient(way);
  closers.push(() => client.close());
  const callMetrics = new CallMetrics(world.now());
  const metrics = new ServerMetrics(packageJson.version);
  const gate = new PermissionGate(
    (call) => directory.inForce(call),
    serveDomains({ database, egress, settings, callMetrics, world }),
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
    metrics,
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
          sandbox: configuration.sandbox,
          onInternalFault: (error) => log.error({ err: error }, "the sandbox runtime failed"),
        });
  closers.push(() => runtime.close());
  const sandbox = runtime.sandbox();
  if (sandbox !== null) log.info({ sandbox }, "sandboxes run, held by this");
  if (sandbox?.note !== undefined && configuration.sandbox === undefined)
    log.warn({ reason: sandbox.note }, "the system holds sandboxes with less than it could");
  const own: OwnAddress = { listening: "", public: "" };
  const sources = createSources(configuration.sources, {
    ...{ client, database, intake, publisherKeys, secrets, blocks, world, own, settings },
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
    forgetStale(change, { directory, settings, runtime, publisherKeys });
    if (change.kind === "publisher") void revocations.lookAt(change.id);
  });
  closers.push(async () => unsubscribe());
  const accounts = new Accounts(database, argon2Passwords, world);
  const sampler = new ResourceSampler(runtime, callMetrics, world);
  metrics.watch(runtime);
  const gateway = new InvocationGateway(directory, runtime, (call) => {
    callMetrics.record(call.spec.installationId, call.startedAt, call.durationMs, call.code !== null);
    metrics.recordCall(call);
  });
  const setUp = new InstallationConfiguration(context);
  const { marketplaces } = sources;
  const enforcement = new BlockEnforcement(context, blocks);
  const available = new AvailableVersions({ database, blocks, trust, settings, world });
  const locks = new Locks({ context, installer, lifecycle, configuration: setUp });
  const organizations = new Organizations(database, world);
  const services: Services = {
    version: packageJson.version,
    database,
    secrets,
    accounts,
    apiKeys: new ApiKeys(database, world),
    newcomers: new Newcomers(database, organizations, argon2Passwords, world),
    singleSignOn: createSingleSignOn(configuration.openId, { client, database, accounts, secrets, world }),
    organizations,
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
    backups: new Backups(database, artifacts, world),
    bundles: new Bundles({ database, artifacts, intake, locks, keys: publisherKeys, sourcing, world }),
    autoUpdates: new AutoUpdates(context, lifecycle, available),
    advisories: new Advisories({ database, marketplaces, blocks, enforcement, world }),
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
    sandbox: () => runtime.sandbox(),
  };
  const synchronization = new ArtifactSynchronization(database, artifacts, world);
  const collection = new ArtifactCollection(database, artifacts, world);
  return {
    services,
    metrics,
    housekeeping: new Housekeeping(
      configuration.role === "registry"
        ? { database, collection, world, lifecycle: NOTHING_INSTALLED, synchronization: NOTHING_NEEDED }
        : { database, collection, world, lifecycle, synchronization },
    ),
    synchronization,
    sampler,
    own,
  };
};
