import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import cookie from "@fastify/cookie";
import etag from "@fastify/etag";
import multipart from "@fastify/multipart";
import swaggerUi from "@fastify/swagger-ui";
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import Fastify, { type FastifyBaseLogger, LogController } from "fastify";
import type { ServerMetrics } from "../server-metrics.ts";
import type { Services } from "../services.ts";
import { Authentication } from "./authentication.ts";
import { registerCompression } from "./compression.ts";
import { EventStreams } from "./event-streams.ts";
import { registerGuards } from "./guards.ts";
import { registerIdempotency } from "./idempotency.ts";
import { HEADERS_TIMEOUT_MS, MAX_BODY_BYTES, REQUEST_TIMEOUT_MS } from "./limits.ts";
import { registerOpenApi } from "./openapi/openapi.ts";
import { asPatchbayError, registerProblems, sendProblem } from "./problems.ts";
import { registerStrangersLimit } from "./rate-limit.ts";
import { type App, registerPublic } from "./route.ts";
import { activityRoutes } from "./routes/activity.ts";
import { backupRoutes } from "./routes/backup.ts";
import { bundleRoutes } from "./routes/bundles.ts";
import { catalogRoutes } from "./routes/catalog.ts";
import { consoleRoutes } from "./routes/console.ts";
import { errorPage } from "./routes/error-page.ts";
import { frameRoutes } from "./routes/frames.ts";
import { licenceRoutes } from "./routes/licences.ts";
import { lockRoutes } from "./routes/lock.ts";
import { marketplaceRoutes } from "./routes/marketplace.ts";
import { meRoutes } from "./routes/me.ts";
import { notificationRoutes } from "./routes/notifications.ts";
import { observationRoutes } from "./routes/observation.ts";
import { organizationRoutes } from "./routes/organizations.ts";
import { packagePartRoutes } from "./routes/package-parts.ts";
import { apiKeyRoutes, authRoutes } from "./routes/people.ts";
import { configurationRoutes, installationRoutes } from "./routes/plugins.ts";
import { policyRoutes } from "./routes/policy.ts";
import { projectRoutes } from "./routes/projects.ts";
import { publisherRoutes } from "./routes/publishers.ts";
import { registryRoutes } from "./routes/registry/registry-routes.ts";
import { requestRoutes } from "./routes/requests.ts";
import { sdkRoutes } from "./routes/sdk.ts";
import { singleSignOnRoutes } from "./routes/single-sign-on.ts";
import { sourceRoutes } from "./routes/sources.ts";
import { deploymentRoutes, systemRoutes } from "./routes/system.ts";
import { logRoutes, toolRoutes } from "./routes/tools.ts";
import { updateRoutes } from "./routes/updates.ts";
import { viewRoutes } from "./routes/views.ts";
import { setSecurityHeaders } from "./security-headers.ts";
import type { Site } from "./site.ts";
import { lazySerializers, registerValidation } from "./validation.ts";

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
