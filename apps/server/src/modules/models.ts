import { LocalAccess, ofServerCode } from "@patchbay/core";
import {
  KeptResponses,
  LocalModels,
  LocalServers,
  Models,
  UPSTREAM_PATIENCE,
  UpstreamClient,
  Upstreams,
} from "@patchbay/models";
import type { Configuration } from "../config/configuration.ts";
import { MAX_CONVERSATION_BYTES, MAX_CONVERSATION_BYTES_PER_CALLER } from "../http/limits.ts";
import { localModelRoutes } from "../http/routes/models/local-routes.ts";
import { modelRoutes } from "../http/routes/models/model-routes.ts";
import { testModelsRoute } from "../http/routes/models/test-route.ts";
import { WaitingBytes } from "../http/waiting-bytes.ts";
import type { Module } from "./module.ts";
import type { Network } from "./network.ts";
import type { Plugins } from "./plugins.ts";
import type { Storage } from "./storage.ts";

/**
 * Models that plugins provide, for clients of three formats. `localPorts`: where model servers of this machine are looked for, if not at
 * the ports that they have by themselves.
 */
export const openModels = (
  { localModels }: Pick<Configuration, "localModels">,
  { database, world: { log } }: Pick<Storage, "database" | "world">,
  { client: http }: Network,
  { inForce, gateway, gate, context, configuration, switching }: Plugins,
  localPorts?: readonly number[],
): Module => {
  const client = new UpstreamClient((call) => gate.handle(ofServerCode(call)), UPSTREAM_PATIENCE);
  const models = new Models({ inForce, gateway, upstreams: new Upstreams(gateway, client), log });
  const servers = localModels ? new LocalServers(http, localPorts) : null;
  const local = new LocalModels(servers, new LocalAccess(context, { configuration, switching }), models);
  const kept = new KeptResponses(database.keptResponses, log);
  const conversations = new WaitingBytes({
    perCaller: MAX_CONVERSATION_BYTES_PER_CALLER,
    total: MAX_CONVERSATION_BYTES,
  });
  return {
    routes: async (app, { streams, site }) => {
      testModelsRoute(app, { models });
      localModelRoutes(app, { local });
      await modelRoutes(app, { models, kept, conversations, streams, site });
    },
    onChange: (change) => {
      if (change.kind === "settings") models.settingsChanged(change.id);
      if (change.kind === "installation" || change.kind === "everything") models.pluginsChanged();
    },
  };
};
