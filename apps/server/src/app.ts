import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import cookie from "@fastify/cookie";
import etag from "@fastify/etag";
import multipart from "@fastify/multipart";
import swaggerUi from "@fastify/swagger-ui";
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import Fastify, { type FastifyBaseLogger, LogController } from "fastify";
import { Authentication } from "./http/authentication.ts";
import { registerCompression } from "./http/compression.ts";
import { EventStreams } from "./http/event-streams.ts";
import { registerGuards } from "./http/guards.ts";
import { registerIdempotency } from "./http/idempotency.ts";
import { HEADERS_TIMEOUT_MS, MAX_BODY_BYTES, REQUEST_TIMEOUT_MS } from "./http/limits.ts";
import { registerOpenApi } from "./http/openapi/openapi.ts";
import { asPatchbayError, registerProblems, sendProblem } from "./http/problems.ts";
import { registerStrangersLimit } from "./http/rate-limit.ts";
import { type App, registerPublic } from "./http/route.ts";
import { activityRoutes } from "./http/routes/activity.ts";
import { backupRoutes } from "./http/routes/backup.ts";
import { bundleRoutes } from "./http/routes/bundles.ts";
import { catalogRoutes } from "./http/routes/catalog.ts";
import { consoleRoutes } from "./http/routes/console.ts";
import { errorPage } from "./http/routes/error-page.ts";
import { frameRoutes } from "./http/routes/frames.ts";
import { licenceRoutes } from "./http/routes/licences.ts";
import { lockRoutes } from "./http/routes/lock.ts";
import { marketplaceRoutes } from "./http/routes/marketplace.ts";
import { meRoutes } from "./http/routes/me.ts";
import { notificationRoutes } from "./http/routes/notifications.ts";
import { observationRoutes } from "./http/routes/observation.ts";
import { organizationRoutes } from "./http/routes/organizations.ts";
import { packagePartRoutes } from "./http/routes/package-parts.ts";
import { apiKeyRoutes, authRoutes } from "./http/routes/people.ts";
import { configurationRoutes, installationRoutes } from "./http/routes/plugins.ts";
import { policyRoutes } from "./http/routes/policy.ts";
import { projectRoutes } from "./http/routes/projects.ts";
import { publisherRoutes } from "./http/routes/publishers.ts";
import { registryRoutes } from "./http/routes/registry/registry-routes.ts";
import { requestRoutes } from "./http/routes/requests.ts";
import { sdkRoutes } from "./http/routes/sdk.ts";
import { singleSignOnRoutes } from "./http/routes/single-sign-on.ts";
import { sourceRoutes } from "./http/routes/sources.ts";
import { deploymentRoutes, systemRoutes } from "./http/routes/system.ts";
import { logRoutes, toolRoutes } from "./http/routes/tools.ts";
import { updateRoutes } from "./http/routes/updates.ts";
import { viewRoutes } from "./http/routes/views.ts";
import { setSecurityHeaders } from "./http/security-headers.ts";
import type { Services } from "./http/services.ts";
import type { Site } from "./http/site.ts";
import { lazySerializers, registerValidation } from "./http/validation.ts";
import type { ServerMetrics } from "./metrics/server-metrics.ts";

/** The description's page sets styles by script, and shows its own icons as data. */
const DOCS_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

export interface AppParts {
  readonly services: Services;
  readonly metrics: ServerMetrics;
  readonly logger: FastifyBaseLogger;
  /** What of it there is: all of it, or the registry with what people need to publish. */
  readonly role: "all" | "registry";
  readonly site: Site;
  /** Addresses and ranges of reverse proxies whose `X-Forwarded-*` is believed. */
  readonly trustedProxies: readonly string[];
  /** Requests of one network each second that do not say who asks; null for no bound. */
  readonly strangersPerSecond: number | null;
}

/** The HTTP server with all its routes. Does not listen yet. */
export const createApp = async ({
  services,
  metrics,
  logger,
  role,
  site,
  trustedProxies,
  strangersPerSecond,
}: AppParts): Promise<App> => {
  const app = Fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    http: { headersTimeout: HEADERS_TIMEOUT_MS, connectionsCheckingInterval: HEADERS_TIMEOUT_MS / 3 },
    // No logger of its own for each request: it costs more than the few lines that are ever written with it.
    childLoggerFactory: (parent) => parent,
    genReqId: () => randomUUID(),
    forceCloseConnections: true,
    trustProxy: trustedProxies.length === 0 ? false : [...trustedProxies],
    routerOptions: { maxParamLength: 200 },
    ...(site.base !== "" && { rewriteUrl: ({ url }: IncomingMessage) => site.pathOf(url ?? "/") }),
    schemaController: { compilersFactory: { buildSerializer: lazySerializers } },
    frameworkErrors: (error, request, reply) => void sendProblem(request, reply, asPatchbayError(error)),
  }).withTypeProvider<TypeBoxTypeProvider>();
  registerProblems(app, site);
  registerStrangersLimit(app, strangersPerSecond);
  registerGuards(app);
  registerValidation(app);
  await app.register(cookie);
  await app.register(multipart);
  await registerOpenApi(app, services.version, site.publicUrl ?? "/");
  registerObservation(app, metrics);
  app.addHook("onSend", (request, reply, _payload, done) => {
    setSecurityHeaders(request, reply, site);
    done();
  });
  registerCompression(app);
  const authentication = new Authentication(services.accounts, services.database.changes, site);
  authentication.register(app);
  registerIdempotency(app, services.database.idempotency, services.secrets);
  accountRoutes(app, services, metrics, authentication);
  await registryRoutes(app, services, authentication, () => site.address);
  singleSignOnRoutes(app, services, authentication, site);
  sdkRoutes(app, site);
  if (role === "all") await pluginRoutes(app, services, authentication, site);
  errorPage(app);
  licenceRoutes(app);
  await registerPublic(app, async (scope) => {
    await scope.register(swaggerUi, {
      routePrefix: "/docs",
      indexPrefix: site.base,
      staticCSP: DOCS_POLICY,
      theme: { title: "Patchbay: HTTP API" },
      uiConfig: { docExpansion: "none", layout: "BaseLayout", validatorUrl: "" },
    });
  });
  let document: string | undefined;
  app.get("/openapi.json", { config: { public: true }, schema: { hide: true } }, async (_request, reply) => {
    // Text, so that it is put together once and not for each who asks.
    document ??= JSON.stringify(app.swagger());
    return await reply.type("application/json; charset=utf-8").send(document);
  });
  await app.ready();
  return app;
};

/** For people, their keys and machines that watch. */
const accountRoutes = (
  app: App,
  services: Services,
  metrics: ServerMetrics,
  authentication: Authentication,
): void => {
  systemRoutes(app, services, metrics);
  backupRoutes(app, services);
  authRoutes(app, services, authentication);
  meRoutes(app, services, authentication);
  apiKeyRoutes(app, services);
};

/** For organizations and their plugins. */
const pluginRoutes = async (
  app: App,
  services: Services,
  authentication: Authentication,
  site: Site,
): Promise<void> => {
  const streams = new EventStreams(authentication, site);
  organizationRoutes(app, services, site);
  projectRoutes(app, services);
  policyRoutes(app, services);
  requestRoutes(app, services);
  lockRoutes(app, services);
  bundleRoutes(app, services);
  updateRoutes(app, services);
  marketplaceRoutes(app, services);
  sourceRoutes(app, services);
  installationRoutes(app, services);
  configurationRoutes(app, services);
  observationRoutes(app, services);
  packagePartRoutes(app, services);
  toolRoutes(app, services, streams);
  viewRoutes(app, services, streams);
  logRoutes(app, services, streams);
  activityRoutes(app, services, authentication, streams);
  notificationRoutes(app, services);
  deploymentRoutes(app, services);
  publisherRoutes(app, services);
  await consoleRoutes(app, site);
  await frameRoutes(app, services, site);
  // Only where answers are read again and again: a tag costs a hash of every answer.
  await app.register(async (scope) => {
    await scope.register(etag, { weak: true });
    catalogRoutes(scope.withTypeProvider<TypeBoxTypeProvider>(), services);
  });
};

const registerObservation = (app: App, metrics: ServerMetrics): void => {
  // Hooks of every request call back: a promise for each would cost more than what they do.
  app.addHook("onResponse", (request, reply, done) => {
    const route = request.routeOptions.url ?? "unknown";
    metrics.record(request.method, route, reply.statusCode, reply.elapsedTime / 1000);
    request.log.debug(
      {
        reqId: request.id,
        method: request.method,
        route,
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime),
      },
      "answered",
    );
    done();
  });
};
