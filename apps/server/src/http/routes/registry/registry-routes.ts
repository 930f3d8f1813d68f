import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import type { Database } from "@patchbay/core";
import type { RegistryServices } from "../../../registry/registry-services.ts";
import type { Sources } from "../../../sources/create-sources.ts";
import type { Authentication } from "../../authentication.ts";
import type { App } from "../../route.ts";
import { callerOfRegistry } from "./caller.ts";
import { artifactRoutes, partRoutes } from "./downloads.ts";
import { moderationRoutes } from "./moderation.ts";
import { noticeRoutes } from "./notices.ts";
import { publisherRoutes } from "./publishers.ts";
import { publishingRoutes } from "./publishing.ts";
import { readingRoutes } from "./reading.ts";

interface RegistryNeeds {
  readonly database: Database;
  readonly registry: RegistryServices;
  readonly sources: Sources;
  readonly uploads: string;
}

/** The marketplace's registry: read by everybody, written by publishers with their tokens and by people. */
export const registryRoutes = async (
  app: App,
  services: RegistryNeeds,
  authentication: Authentication,
  origin: () => string,
): Promise<void> => {
  readingRoutes(app, services, origin);
  artifactRoutes(app, services);
  partRoutes(app, services);
  await app.register(async (scope) => {
    const writing = scope.withTypeProvider<TypeBoxTypeProvider>();
    const findCaller = callerOfRegistry(scope, services, authentication);
    publisherRoutes(writing, services);
    publishingRoutes(writing, services, findCaller);
    moderationRoutes(writing, services);
    noticeRoutes(writing, services);
  });
};
