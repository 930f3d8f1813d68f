import { setTimeout as sleep } from "node:timers/promises";
import etag from "@fastify/etag";
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import type {
  Builtins,
  InForce,
  InstallationContext,
  InstallationDirectory,
  InstallationSetup,
  InvocationGateway,
  PermissionGate,
  PluginPrompts,
  PluginResources,
  PluginRuntime,
  Switching,
} from "@patchbay/core";
import type { Logger } from "pino";
import { builtinPackages } from "../artifacts/builtin-packages.ts";
import type { Configuration } from "../config/configuration.ts";
import { bundleRoutes } from "../http/routes/bundles.ts";
import { callRoutes } from "../http/routes/calls.ts";
import { catalogRoutes } from "../http/routes/catalog.ts";
import { conversationRoutes } from "../http/routes/conversations.ts";
import { frameRoutes } from "../http/routes/frames.ts";
import { lockRoutes } from "../http/routes/lock.ts";
import { mcpServerRoutes } from "../http/routes/mcp-servers.ts";
import { observationRoutes } from "../http/routes/observation.ts";
import { packagePartRoutes } from "../http/routes/package-parts.ts";
import { configurationRoutes, installationRoutes } from "../http/routes/plugins.ts";
import { publisherRoutes } from "../http/routes/publishers.ts";
import { requestRoutes } from "../http/routes/requests.ts";
import { logRoutes, toolRoutes } from "../http/routes/tools.ts";
import { updateRoutes } from "../http/routes/updates.ts";
import { viewRoutes } from "../http/routes/views.ts";
import type { ServerMetrics } from "../metrics/server-metrics.ts";
import { openRuntime } from "../plugins-host/open-runtime.ts";
import { createPluginServices, type PluginServices } from "../plugins-host/plugin-services.ts";
import type { Chore } from "../process/chores.ts";
import type { Durable } from "./durable.ts";
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
/** Each is looked at less often: this is how soon one comes that answers again. */
const MCP_SERVERS_EVERY_MS = 15_000;
/** A version that a marketplace blocks has to be off within a minute. */
const ADVISORIES_EVERY_MS = 20_000;
/** How often it is asked which organization's turn it is. */
const UPDATES_EVERY_MS = 60_000;

/** Packages of organizations, their installations, and what runs of them on this node. */
export interface Plugins extends Module {
  readonly builtins: Builtins;
  readonly directory: InstallationDirectory;
  readonly runtime: PluginRuntime;
  readonly context: InstallationContext;
  readonly configuration: InstallationSetup;
  readonly switching: Switching;
  readonly gateway: InvocationGateway;
  readonly gate: PermissionGate;
  readonly inForce: InForce;
  readonly prompts: PluginPrompts;
  readonly resources: PluginResources;
}

interface Below {
  readonly storage: Storage;
  readonly network: Network;
  readonly trust: Trust;
  readonly sources: SourcesModule;
  readonly durable: Durable;
}

export const openPlugins = async (
  configuration: Configuration,
  { storage, network, trust, sources: { sources, settings }, durable }: Below,
  metrics: ServerMetrics,
  log: Logger,
): Promise<Plugins> => {
  const { database, artifacts, folder, world } = storage;
  const services = await createPluginServices({
    database,
    artifacts,
    world,
    trust,
    sources,
    settings,
    egress: network.egress,
    maxFileBytes: configuration.maxFileBytes,
    localModels: configuration.localModels,
    openRuntime: (host) => openRuntime(host, configuration, log),
    metrics,
  });
  const { builtins, directory, runtime, context, gateway, gate, inForce, recovery, synchronization } =
    services;
  durable.onGone((nodeId) => recovery.ofNode(nodeId));
  const { uploads } = folder;
  return {
    builtins,
    directory,
    runtime,
    context,
    configuration: services.configuration,
    switching: services.switching,
    gateway,
    gate,
    inForce,
    prompts: services.prompts,
    resources: services.resources,
    chores: choresOf(services),
    onChange: services.onChange,
    routes: async (app, { streams, site }) => {
      requestRoutes(app, services);
      lockRoutes(app, services);
      bundleRoutes(app, { bundles: services.bundles, trust: trust.trust, uploads });
      updateRoutes(app, { ...services, sources });
      installationRoutes(app, services);
      configurationRoutes(app, services);
      observationRoutes(app, services);
      conversationRoutes(app, services);
      packagePartRoutes(app, services);
      mcpServerRoutes(app, { servers: services.mcpServers });
      toolRoutes(app, { ...services, uploads }, streams);
      viewRoutes(app, services, streams);
      logRoutes(app, services, streams);
      callRoutes(app, services);
      publisherRoutes(app, trust);
      await frameRoutes(app, { catalog: services.catalog, versions: database.catalog }, site);
      // Only where answers are read again and again: a tag costs a hash of every answer.
      await app.register(async (scope) => {
        await scope.register(etag, { weak: true });
        const tagged = scope.withTypeProvider<TypeBoxTypeProvider>();
        catalogRoutes(tagged, { ...services, trust: trust.trust, uploads });
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
    close: services.close,
  };
};

const choresOf = ({
  recovery,
  synchronization,
  sampler,
  advisories,
  autoUpdates,
  mcpServers,
}: PluginServices): Chore[] => [
  {
    name: "mcp-servers",
    per: "deployment",
    failure: "nobody looked at what MCP servers have",
    everyMs: MCP_SERVERS_EVERY_MS,
    run: () => mcpServers.lookAtDue(),
  },
  {
    name: "own-changes",
    per: "node",
    failure: "changes that were cut short were not settled",
    everyMs: SETTLE_EVERY_MS,
    run: () => recovery.ofThisNode(),
  },
  {
    name: "changes-of-others",
    per: "deployment",
    failure: "what other nodes have left was not looked after",
    everyMs: OTHER_NODES_EVERY_MS,
    run: () => recovery.ofOtherNodes(),
  },
  {
    name: "artifacts-of-this-node",
    per: "node",
    failure: "artifacts that other nodes have enabled were not looked for",
    everyMs: OTHER_NODES_EVERY_MS,
    run: () => synchronization.run(),
  },
  {
    name: "use-of-this-nodes-sandboxes",
    per: "node",
    failure: "it was not read what sandboxes use",
    everyMs: SAMPLE_EVERY_MS,
    run: async () => sampler.sample(),
  },
  {
    name: "advisories",
    per: "deployment",
    failure: "advisories were not read",
    everyMs: ADVISORIES_EVERY_MS,
    firstMs: 1_000,
    run: () => advisories.refresh(),
  },
  {
    name: "blocks-on-this-node",
    per: "node",
    failure: "what is blocked was not switched off",
    everyMs: ADVISORIES_EVERY_MS,
    run: () => advisories.enforce(),
  },
  {
    name: "updates",
    per: "deployment",
    failure: "updates were not looked after",
    everyMs: UPDATES_EVERY_MS,
    run: () => autoUpdates.run(),
  },
];
