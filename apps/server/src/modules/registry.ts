import { registryRoutes } from "../http/routes/registry/registry-routes.ts";
import { createDomainReader } from "../registry/domain-reader.ts";
import { createRegistry } from "../registry/registry-services.ts";
import type { Module } from "./module.ts";
import type { Network } from "./network.ts";
import type { SourcesModule } from "./sources.ts";
import type { Storage } from "./storage.ts";

/** The marketplace that this server is for others. */
export const openRegistry = (
  { database, artifacts, world, folder }: Storage,
  { egress }: Network,
  { sources }: SourcesModule,
): Module => {
  const registry = createRegistry({ database, artifacts, domains: createDomainReader(egress), world });
  return {
    onChange: (change) => registry.documents.forget(change),
    routes: (app, { authentication, site }) =>
      registryRoutes(
        app,
        { registry, sources, database, uploads: folder.uploads },
        authentication,
        () => site.address,
      ),
    close: () => registry.installs.close(),
  };
};
