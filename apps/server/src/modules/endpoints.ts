import {
  Doorkeeper,
  EndpointCalls,
  EndpointDirectory,
  EndpointRequests,
  EndpointSecrets,
  Endpoints,
  RequestLog,
} from "@patchbay/core";
import { isSigned } from "../http/outside/signature.ts";
import { endpointRoutes } from "../http/routes/endpoints.ts";
import { outsideRoutes } from "../http/routes/outside.ts";
import type { Module } from "./module.ts";
import type { Plugins } from "./plugins.ts";
import type { Storage } from "./storage.ts";
import type { Trust } from "./trust.ts";

/** What plugins answer to requests from outside. */
export const openEndpoints = (
  { database, world }: Storage,
  { secrets: box }: Trust,
  { context, gateway }: Plugins,
): Module => {
  const store = database.endpoints;
  const directory = new EndpointDirectory(store);
  const log = new RequestLog(store, world);
  const doorkeeper = new Doorkeeper({ store, box, isSigned, world });
  const calls = new EndpointCalls({ directory, doorkeeper, gateway, store, log, world });
  const endpoints = new Endpoints(context, new EndpointSecrets(box, world), gateway.maxFileBytes);
  const requests = new EndpointRequests(database, calls);
  return {
    routes: async (app) => {
      endpointRoutes(app, { endpoints, requests });
      await outsideRoutes(app, { calls });
    },
    onChange: (change) => directory.onChange(change),
    close: () => log.flush(),
  };
};
