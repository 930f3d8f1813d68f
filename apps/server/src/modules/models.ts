import { ofServerCode } from "@patchbay/core";
import {
  KeptResponses,
  Models,
  OrganizationRules,
  UPSTREAM_PATIENCE,
  UpstreamClient,
  Upstreams,
} from "@patchbay/models";
import { MAX_CONVERSATION_BYTES, MAX_CONVERSATION_BYTES_PER_CALLER } from "../http/limits.ts";
import { modelRoutes } from "../http/routes/models/model-routes.ts";
import { modelRulesRoutes } from "../http/routes/models/rules-routes.ts";
import { testModelsRoute } from "../http/routes/models/test-route.ts";
import { WaitingBytes } from "../http/waiting-bytes.ts";
import type { Module } from "./module.ts";
import type { Plugins } from "./plugins.ts";
import type { Storage } from "./storage.ts";

/** Models that plugins provide, for clients of three formats. */
export const openModels = (
  { database, world: { log } }: Pick<Storage, "database" | "world">,
  { inForce, gateway, gate }: Plugins,
): Module => {
  const client = new UpstreamClient((call) => gate.handle(ofServerCode(call)), UPSTREAM_PATIENCE);
  const rules = new OrganizationRules(database);
  const models = new Models({ inForce, gateway, upstreams: new Upstreams(gateway, client), rules, log });
  const kept = new KeptResponses(database.keptResponses, log);
  const conversations = new WaitingBytes({
    perCaller: MAX_CONVERSATION_BYTES_PER_CALLER,
    total: MAX_CONVERSATION_BYTES,
  });
  return {
    routes: async (app, { streams, site }) => {
      testModelsRoute(app, { models });
      modelRulesRoutes(app, { models, rules });
      await modelRoutes(app, { models, kept, conversations, streams, site });
    },
    onChange: (change) => {
      if (change.kind === "models") rules.changed(change.organizationId);
      if (change.kind === "everything") rules.changed();
      if (change.kind === "settings") models.settingsChanged(change.id);
      if (change.kind === "installation" || change.kind === "everything") models.pluginsChanged();
    },
  };
};
