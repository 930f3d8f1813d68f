import { LocalAccess, WaitingBytes } from "@patchbay/core";
import {
  Budgets,
  KeptResponses,
  LocalModels,
  LocalServers,
  PriceLists,
  UsageReports,
} from "@patchbay/models";
import type { Configuration } from "../config/configuration.ts";
import { MAX_CONVERSATION_BYTES, MAX_CONVERSATION_BYTES_PER_CALLER } from "../http/limits.ts";
import { accountRoutes } from "../http/routes/models/account-routes.ts";
import { messageHookRoutes } from "../http/routes/models/hook-routes.ts";
import { localModelRoutes } from "../http/routes/models/local-routes.ts";
import { modelRoutes } from "../http/routes/models/model-routes.ts";
import { modelRulesRoutes } from "../http/routes/models/rules-routes.ts";
import { testModelsRoute } from "../http/routes/models/test-route.ts";
import type { ServerMetrics } from "../metrics/server-metrics.ts";
import { createModelServices, type ModelServices } from "../plugins-host/model-services.ts";
import type { Durable } from "./durable.ts";
import type { Module } from "./module.ts";
import type { Network } from "./network.ts";
import type { Plugins } from "./plugins.ts";
import type { Storage } from "./storage.ts";

/** Models that plugins provide, for clients of three formats and for plugins, with accounts of what they are used for. */
export interface ModelsModule extends Module, Pick<ModelServices, "models" | "rules" | "domain"> {}

/** `localPorts`: where model servers of this machine are looked for, if not at the ports that they have by themselves. */
export const openModels = (
  { localModels, modelPatience: patience }: Pick<Configuration, "localModels" | "modelPatience">,
  { database, world }: Pick<Storage, "database" | "world">,
  { client: http }: Network,
  plugins: Plugins,
  { nodes }: Pick<Durable, "nodes">,
  metrics: ServerMetrics,
  localPorts?: readonly number[],
): ModelsModule => {
  const holder = () => nodes.identify();
  const { models, rules, hooks, accounts, domain } = createModelServices(plugins, {
    database,
    world,
    holder,
    patience,
    metrics,
  });
  const servers = localModels ? new LocalServers(http, localPorts) : null;
  const local = new LocalModels(servers, new LocalAccess(plugins.context, plugins), models);
  const kept = new KeptResponses(database.keptResponses, world.log);
  const conversations = new WaitingBytes({
    perCaller: MAX_CONVERSATION_BYTES_PER_CALLER,
    total: MAX_CONVERSATION_BYTES,
  });
  const budgets = new Budgets(database, world);
  const prices = new PriceLists(database);
  const reports = new UsageReports(database, world, () => accounts.flush());
  return {
    models,
    rules,
    domain,
    routes: async (app, { streams, site }) => {
      testModelsRoute(app, { models });
      modelRulesRoutes(app, { models, rules });
      messageHookRoutes(app, { hooks });
      localModelRoutes(app, { local });
      accountRoutes(app, { budgets, prices, reports });
      await modelRoutes(app, { models, kept, conversations, streams, site });
    },
    onChange: (change) => {
      if (change.kind === "models") rules.changed(change.organizationId);
      if (change.kind === "models" || change.kind === "installation") hooks.changed(change.organizationId);
      if (change.kind === "everything") rules.changed();
      if (change.kind === "everything") hooks.changed();
      if (change.kind === "settings") models.settingsChanged(change.id);
      if (change.kind === "installation" || change.kind === "everything") models.pluginsChanged();
      if (change.kind === "budget") accounts.rulesChanged(change.organizationId);
      if (change.kind === "everything") accounts.rulesChanged(undefined);
    },
    close: () => accounts.close(),
  };
};
