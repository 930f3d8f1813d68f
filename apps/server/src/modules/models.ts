import { ofServerCode } from "@patchbay/core";
import {
  Accounts,
  Budgets,
  KeptResponses,
  Models,
  PriceLists,
  UPSTREAM_PATIENCE,
  UpstreamClient,
  Upstreams,
  UsageReports,
} from "@patchbay/models";
import { MAX_CONVERSATION_BYTES, MAX_CONVERSATION_BYTES_PER_CALLER } from "../http/limits.ts";
import { accountRoutes } from "../http/routes/models/account-routes.ts";
import { modelRoutes } from "../http/routes/models/model-routes.ts";
import { testModelsRoute } from "../http/routes/models/test-route.ts";
import { WaitingBytes } from "../http/waiting-bytes.ts";
import type { Durable } from "./durable.ts";
import type { Module } from "./module.ts";
import type { Plugins } from "./plugins.ts";
import type { Storage } from "./storage.ts";

/** Models that plugins provide, for clients of three formats, with accounts of what they are used for. */
export const openModels = (
  { database, world }: Pick<Storage, "database" | "world">,
  { inForce, gateway, gate }: Plugins,
  { nodes }: Pick<Durable, "nodes">,
): Module => {
  const { log } = world;
  const client = new UpstreamClient((call) => gate.handle(ofServerCode(call)), UPSTREAM_PATIENCE);
  const accounts = new Accounts({
    stores: database,
    holder: () => nodes.identify(),
    now: world.now,
    log,
  });
  const models = new Models({ accounts, inForce, gateway, upstreams: new Upstreams(gateway, client), log });
  const kept = new KeptResponses(database.keptResponses, log);
  const conversations = new WaitingBytes({
    perCaller: MAX_CONVERSATION_BYTES_PER_CALLER,
    total: MAX_CONVERSATION_BYTES,
  });
  const budgets = new Budgets(database, world);
  const prices = new PriceLists(database);
  const reports = new UsageReports(database, world, () => accounts.flush());
  return {
    routes: async (app, { streams, site }) => {
      testModelsRoute(app, { models });
      accountRoutes(app, { budgets, prices, reports });
      await modelRoutes(app, { models, kept, conversations, streams, site });
    },
    onChange: (change) => {
      if (change.kind === "settings") models.settingsChanged(change.id);
      if (change.kind === "installation" || change.kind === "everything") models.pluginsChanged();
      if (change.kind === "budget") accounts.rulesChanged(change.organizationId);
      if (change.kind === "everything") accounts.rulesChanged(undefined);
    },
    close: () => accounts.close(),
  };
};
