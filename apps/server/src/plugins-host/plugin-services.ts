import {
  ActivationCheck,
  Advisories,
  type ArtifactStore,
  ArtifactSynchronization,
  AutoUpdates,
  AvailableVersions,
  BlockEnforcement,
  type BlockList,
  Builtins,
  Bundles,
  CallLog,
  CallMetrics,
  CallRecorder,
  CallRules,
  Catalog,
  type Change,
  ConversationReview,
  type Database,
  type Egress,
  Failures,
  hasFailed,
  InForce,
  InstallationContext,
  InstallationDirectory,
  InstallationSetup,
  Installations,
  Installer,
  InvocationGateway,
  type KeepsContent,
  Locks,
  McpServers,
  PermissionGate,
  PluginPrompts,
  PluginRequests,
  PluginResources,
  type PluginRuntime,
  type PluginSettings,
  Recovery,
  ResourceSampler,
  RevocationWatch,
  type RuntimeHost,
  Switching,
  serveDomains,
  Transitions,
  type TrustParts,
  VersionChanges,
  ViewCalls,
  ViewFaults,
  type World,
} from "@patchbay/core";
import type { ServerMetrics } from "../metrics/server-metrics.ts";
import type { Sources } from "../sources/create-sources.ts";
import { LogWriter } from "./log-writer.ts";
import { runtimeHost } from "./runtime-host.ts";

interface Parts {
  readonly database: Database;
  readonly artifacts: ArtifactStore;
  readonly world: World;
  readonly trust: TrustParts & { readonly blocks: BlockList };
  readonly sources: Pick<Sources, "sourcing" | "marketplaces" | "withFile">;
  readonly settings: PluginSettings;
  /** For plugins. */
  readonly egress: Egress;
  readonly maxFileBytes: number;
  /** Whether plugins reach model servers on this machine that an administrator of the deployment has let them reach. */
  readonly localModels: boolean;
  readonly openRuntime: (host: RuntimeHost) => Promise<PluginRuntime>;
  readonly metrics: ServerMetrics;
}

/** Everything that is done with plugins, wired: what runs them, and the services over that. */
export type PluginServices = Awaited<ReturnType<typeof createPluginServices>>;

export const createPluginServices = async (parts: Parts) => {
  const { database, trust: trusted, sources, settings, metrics, world } = parts;
  const { trust, blocks } = trusted;
  const running = await openRunning(parts);
  const { directory, runtime, callMetrics } = running;
  const { sourcing } = sources;
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
  const failures = new Failures(context);
  running.onFailure((spec, error) => failures.markFailed(spec, error));
  const revocations = new RevocationWatch({
    catalog: database.catalog,
    runtime,
    trust,
    log: world.log,
    fail: (spec, error) => failures.markFailed(spec, error),
  });
  const { maxFileBytes } = parts;
  const rules = new CallRules(database.organizations);
  const calls = new CallRecorder(database.calls, rules, world.log);
  const keepsContent: KeepsContent = (spec) => rules.keepsContent(spec);
  const gateway = new InvocationGateway(
    { directory, runtime, blocks, maxFileBytes, keepsContent },
    (call) => {
      callMetrics.record(call.installationId, call.at.getTime(), call.durationMs, hasFailed(call));
      metrics.recordCall(call);
      calls.add(call);
    },
  );
  const changes = changeServices(context, parts, gateway);
  return {
    context,
    gateway,
    directory,
    runtime,
    gate: running.gate,
    ...changes,
    ...readServices(context, parts, running),
    ...viewServices(context, parts, { ...running, gateway, failures }),
    /** Writes calls that have ended and wait to be written together with others. */
    writeCalls: () => calls.flush(),
    synchronization: new ArtifactSynchronization(database, parts.artifacts, world),
    /** What is held in memory of what was changed is read anew. */
    onChange: (change: Change): void => {
      if (change.kind === "installation") directory.forget(change.id);
      if (change.kind === "settings") runtime.settingsChanged(change.id);
      if (change.kind === "publisher") void revocations.lookAt(change.id);
      if (change.kind === "everything") directory.forgetAll();
      // What tells of an organization's policy tells all who belong to it.
      if (change.kind === "member" || change.kind === "everything") rules.forget();
    },
    /** Ends what runs, then writes what plugins have logged, and what was called. */
    close: async (): Promise<void> => {
      try {
        await runtime.close();
      } finally {
        await Promise.all([running.logs.flush(), calls.flush()]);
      }
    },
  };
};

interface Running {
  readonly directory: InstallationDirectory;
  readonly callMetrics: CallMetrics;
  readonly gate: PermissionGate;
  readonly logs: LogWriter;
  readonly runtime: PluginRuntime;
  /** Who hears of plugins that were given up: there is nobody before there are installations, and nothing runs then. */
  readonly onFailure: (listener: Failures["markFailed"]) => void;
}

/** What runs plugins, with all that they reach. */
const openRunning = async (parts: Parts): Promise<Running> => {
  const { database, artifacts, settings, egress, localModels, metrics, world } = parts;
  const { trust, blocks } = parts.trust;
  const directory = new InstallationDirectory(database);
  const callMetrics = new CallMetrics(world.now());
  const gate = new PermissionGate(
    (call) => directory.inForce(call),
    serveDomains({ database, egress, settings, callMetrics, localModels, world }),
    world,
  );
  const logs = new LogWriter(database.logs, world.log);
  let failed: Failures["markFailed"] = async () => undefined;
  const fail: Failures["markFailed"] = (spec, error) => failed(spec, error);
  const check = new ActivationCheck({ catalog: database.catalog, directory, trust, blocks, fail });
  const runtime = await parts.openRuntime(
    runtimeHost({ artifacts, gate, directory, settings, logs, log: world.log, metrics, failed: fail, check }),
  );
  metrics.watch(runtime);
  const onFailure: Running["onFailure"] = (listener) => {
    failed = listener;
  };
  return { directory, callMetrics, gate, logs, runtime, onFailure };
};

/** What changes the plugins of organizations. */
const changeServices = (context: InstallationContext, parts: Parts, gateway: InvocationGateway) => {
  const { database, artifacts, sources, settings, world } = parts;
  const { trust, publisherKeys, intake, blocks } = parts.trust;
  const { sourcing, marketplaces } = sources;
  const transitions = new Transitions(context);
  const switching = new Switching(context, transitions);
  const versions = new VersionChanges(context, transitions);
  const installer = new Installer(context);
  const configuration = new InstallationSetup(context);
  const locks = new Locks({ context, installer, switching, versions, configuration });
  const available = new AvailableVersions({ database, blocks, trust, settings, world });
  const enforcement = new BlockEnforcement(context, blocks);
  return {
    switching,
    versions,
    installer,
    configuration,
    locks,
    recovery: new Recovery(context, transitions, switching),
    builtins: new Builtins({ database, intake, installer, versions, world }),
    autoUpdates: new AutoUpdates(context, versions, available),
    advisories: new Advisories({ database, marketplaces, blocks, enforcement, world }),
    bundles: new Bundles({ database, artifacts, intake, locks, keys: publisherKeys, sourcing, world }),
    requests: new PluginRequests(context, installer),
    mcpServers: new McpServers({
      context,
      artifacts,
      intake,
      installer,
      switching,
      gateway,
      withFile: sources.withFile,
    }),
  };
};

/** What people see of them. */
const readServices = (context: InstallationContext, parts: Parts, { runtime, callMetrics }: Running) => {
  const sampler = new ResourceSampler(runtime, callMetrics, parts.world);
  return {
    sampler,
    review: new ConversationReview(context),
    callLog: new CallLog(context.database),
    installations: new Installations(context, callMetrics, sampler),
    catalog: new Catalog(parts.database, parts.artifacts, parts.trust.intake),
  };
};

const viewServices = (
  context: InstallationContext,
  { database, settings, world, trust: { trust, blocks } }: Parts,
  { gate, logs, gateway, failures }: Running & { gateway: InvocationGateway; failures: Failures },
) => {
  const inForce = new InForce({ stores: database, trust, blocks });
  const log: LogWriter["add"] = (id, lines) => logs.add(id, lines);
  return {
    inForce,
    prompts: new PluginPrompts(gateway, inForce),
    resources: new PluginResources(gateway, inForce),
    viewCalls: new ViewCalls({ gateway, inForce, gate, settings, world, log }),
    viewFaults: new ViewFaults(context, failures, log),
  };
};
