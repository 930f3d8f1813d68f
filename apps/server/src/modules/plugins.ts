import { setTimeout as sleep } from "node:timers/promises";
import etag from "@fastify/etag";
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import {
  ActivationCheck,
  Advisories,
  ArtifactSynchronization,
  AutoUpdates,
  AvailableVersions,
  BlockEnforcement,
  Builtins,
  Bundles,
  CallMetrics,
  Catalog,
  InForce,
  Configuration as InstallationConfiguration,
  InstallationContext,
  InstallationDirectory,
  Installations,
  Installer,
  InvocationGateway,
  Lifecycle,
  Locks,
  PermissionGate,
  type PluginRuntime,
  Recovery,
  Requests,
  ResourceSampler,
  RevocationWatch,
  serveDomains,
  ViewCalls,
  ViewFaults,
} from "@patchbay/core";
import type { Logger } from "pino";
import { builtinPackages } from "../artifacts/builtin-packages.ts";
import type { Configuration } from "../config/configuration.ts";
import { bundleRoutes } from "../http/routes/bundles.ts";
import { catalogRoutes } from "../http/routes/catalog.ts";
import { frameRoutes } from "../http/routes/frames.ts";
import { lockRoutes } from "../http/routes/lock.ts";
import { observationRoutes } from "../http/routes/observation.ts";
import { packagePartRoutes } from "../http/routes/package-parts.ts";
import { configurationRoutes, installationRoutes } from "../http/routes/plugins.ts";
import { publisherRoutes } from "../http/routes/publishers.ts";
import { requestRoutes } from "../http/routes/requests.ts";
import { logRoutes, toolRoutes } from "../http/routes/tools.ts";
import { updateRoutes } from "../http/routes/updates.ts";
import { viewRoutes } from "../http/routes/views.ts";
import type { ServerMetrics } from "../metrics/server-metrics.ts";
import { LogWriter } from "../plugins-host/log-writer.ts";
import { openRuntime } from "../plugins-host/open-runtime.ts";
import { runtimeHost } from "../plugins-host/runtime-host.ts";
import type { Chore } from "../process/chores.ts";
import type { Module } from "./module.ts";
import type { Network } from "./network.ts";
import type { SourcesModule } from "./sources.ts";
import type { Storage } from "./storage.ts";
import type { Trust } from "./trust.ts";

/** How long an installation stays as a write that failed has left it, once writing works again. */
const SETTLE_EVERY_MS = 3_000;
/** What other nodes have left behind, or have enabled meanwhile. */
const OTHER_NODES_EVERY_MS = 5 * 60 * 1000;
/** How long a start waits for artifacts that enabled plugins need; what is missing then is fetched meanwhile, or when it is used. */
const SYNCHRONIZATION_WAIT_MS = 3_000;
/** How often it is read what sandboxes use: a reading takes a tenth of a millisecond for each. */
const SAMPLE_EVERY_MS = 5_000;
/** A version that a marketplace blocks has to be off within a minute. */
const ADVISORIES_EVERY_MS = 20_000;
/** How often it is asked which organization's turn it is. */
const UPDATES_EVERY_MS = 60_000;

/** Packages of organizations, their installations, and what runs of them on this node. */
export interface Plugins extends Module {
  readonly builtins: Builtins;
  readonly directory: InstallationDirectory;
  readonly runtime: PluginRuntime;
}

interface Below {
  readonly storage: Storage;
  readonly network: Network;
  readonly trust: Trust;
  readonly sources: SourcesModule;
}

export const openPlugins = async (
  configuration: Configuration,
  { storage, network, trust: trusted, sources: { sources, settings } }: Below,
  metrics: ServerMetrics,
  log: Logger,
): Promise<Plugins> => {
  const { folder, database, artifacts, world } = storage;
  const { trust, publisherKeys, intake, blocks } = trusted;
  const { sourcing, marketplaces } = sources;
  const directory = new InstallationDirectory(database);
  const callMetrics = new CallMetrics(world.now());
  const gate = new PermissionGate(
    (call) => directory.inForce(call),
    serveDomains({ database, egress: network.egress, settings, callMetrics, world }),
    world,
  );
  const logs = new LogWriter(database.logs, world.log);
  // Nothing runs, and so nothing fails, before there is a lifecycle.
  const failed: Lifecycle["markFailed"] = (spec, error) => lifecycle.markFailed(spec, error);
  const { catalog: versions } = database;
  const check = new ActivationCheck({ catalog: versions, directory, trust, blocks, fail: failed });
  const host = runtimeHost({ artifacts, gate, directory, settings, logs, log, metrics, failed, check });
  const runtime = await openRuntime(host, configuration, log);
  metrics.watch(runtime);
  const context = new InstallationContext({
    database,
    directory,
    runtime,
    settings,
    trust,
    blocks,
    sourcing,
    world,
  });
  const lifecycle = new Lifecycle(context);
  const installer = new Installer(context);
  const recovery = new Recovery(lifecycle, world);
  const revocations = new RevocationWatch({
    catalog: versions,
    runtime,
    trust,
    log: world.log,
    fail: failed,
  });
  const gateway = new InvocationGateway({ directory, runtime, blocks }, (call) => {
    callMetrics.record(call.spec.installationId, call.startedAt, call.durationMs, call.code !== null);
    metrics.recordCall(call);
  });
  const writeLog: LogWriter["add"] = (id, lines) => logs.add(id, lines);
  const setUp = new InstallationConfiguration(context);
  const locks = new Locks({ context, installer, lifecycle, configuration: setUp });
  const builtins = new Builtins({ database, intake, installer, lifecycle, world });
  const catalog = new Catalog(database, artifacts, intake);
  const sampler = new ResourceSampler(runtime, callMetrics, world);
  const installations = new Installations(context, callMetrics, sampler);
  const available = new AvailableVersions({ database, blocks, trust, settings, world });
  const autoUpdates = new AutoUpdates(context, lifecycle, available);
  const enforcement = new BlockEnforcement(context, blocks);
  const advisories = new Advisories({ database, marketplaces, blocks, enforcement, world });
  const synchronization = new ArtifactSynchronization(database, artifacts, world);
  const inForce = new InForce({ stores: database, trust, blocks });
  const viewCalls = new ViewCalls({ gateway, inForce, gate, settings, world, log: writeLog });
  const viewFaults = new ViewFaults(context, lifecycle, writeLog);
  const bundles = new Bundles({ database, artifacts, intake, locks, keys: publisherKeys, sourcing, world });
  const requests = new Requests(context, installer);
  const { uploads } = folder;

  const chores: Chore[] = [
    {
      failure: "changes that were cut short were not settled",
      everyMs: SETTLE_EVERY_MS,
      run: () => recovery.ofThisNode(),
    },
    {
      failure: "what other nodes have left or enabled was not looked after",
      everyMs: OTHER_NODES_EVERY_MS,
      run: async () => {
        await recovery.ofOtherNodes();
        await synchronization.run();
      },
    },
    {
      failure: "it was not read what sandboxes use",
      everyMs: SAMPLE_EVERY_MS,
      run: async () => sampler.sample(),
    },
    {
      failure: "advisories were not read",
      everyMs: ADVISORIES_EVERY_MS,
      firstMs: 1_000,
      run: () => advisories.refresh(),
    },
    { failure: "updates were not looked after", everyMs: UPDATES_EVERY_MS, run: () => autoUpdates.run() },
  ];

  return {
    builtins,
    directory,
    runtime,
    chores,
    onChange: (change) => {
      if (change.kind === "installation") directory.forget(change.id);
      if (change.kind === "settings") runtime.settingsChanged(change.id);
      if (change.kind === "publisher") void revocations.lookAt(change.id);
      if (change.kind === "everything") directory.forgetAll();
    },
    routes: async (app, { streams, site }) => {
      requestRoutes(app, { requests, installations });
      lockRoutes(app, { locks });
      bundleRoutes(app, { bundles, trust, uploads });
      updateRoutes(app, { autoUpdates, advisories, sources });
      installationRoutes(app, { installations, installer, lifecycle });
      configurationRoutes(app, { configuration: setUp, installations });
      observationRoutes(app, { installations });
      packagePartRoutes(app, { catalog });
      toolRoutes(app, { gateway, inForce }, streams);
      viewRoutes(app, { gateway, inForce, viewCalls, viewFaults }, streams);
      logRoutes(app, { installations }, streams);
      publisherRoutes(app, { publisherKeys });
      await frameRoutes(app, { catalog, versions }, site);
      // Only where answers are read again and again: a tag costs a hash of every answer.
      await app.register(async (scope) => {
        await scope.register(etag, { weak: true });
        const tagged = scope.withTypeProvider<TypeBoxTypeProvider>();
        catalogRoutes(tagged, { catalog, installations, installer, trust, uploads });
      });
    },
    prepare: async () => {
      await builtins.admit(await builtinPackages());
      await recovery.atStart();
      await builtins.spread();
      const synchronized = synchronization
        .run()
        .catch((error: unknown) => log.warn({ err: error }, "artifacts were not looked for"));
      await Promise.race([synchronized, sleep(SYNCHRONIZATION_WAIT_MS, undefined, { ref: false })]);
    },
    close: async () => {
      try {
        await runtime.close();
      } finally {
        await logs.flush();
      }
    },
  };
};
