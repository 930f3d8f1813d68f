import type { FurtherDomains } from "@patchbay/core";
import { KeptResponses } from "@patchbay/models";
import { MAX_CONVERSATION_BYTES, MAX_CONVERSATION_BYTES_PER_CALLER } from "../http/limits.ts";
import { modelRoutes } from "../http/routes/models/model-routes.ts";
import { modelRulesRoutes } from "../http/routes/models/rules-routes.ts";
import { testModelsRoute } from "../http/routes/models/test-route.ts";
import { WaitingBytes } from "../http/waiting-bytes.ts";
import { createModelServices } from "../plugins-host/model-services.ts";
import type { Module } from "./module.ts";
import type { Plugins } from "./plugins.ts";
import type { Storage } from "./storage.ts";

/** Models that plugins provide, for clients of three formats and for plugins. */
export interface ModelsModule extends Module {
  readonly domains: FurtherDomains;
}

export const openModels = (
  { database, world: { log } }: Pick<Storage, "database" | "world">,
  plugins: Plugins,
): ModelsModule => {
  const { models, rules, domains } = createModelServices(plugins, database, log);
  const kept = new KeptResponses(database.keptResponses, log);
  const conversations = new WaitingBytes({
    perCaller: MAX_CONVERSATION_BYTES_PER_CALLER,
    total: MAX_CONVERSATION_BYTES,
  });
  return {
    domains,
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
