import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import cookie from "@fastify/cookie";
import multipart from "@fastify/multipart";
import swaggerUi from "@fastify/swagger-ui";
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import Fastify, { type FastifyBaseLogger, LogController } from "fastify";
import type { Configuration } from "./config/configuration.ts";
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
import { setSecurityHeaders } from "./http/security-headers.ts";
import type { Site } from "./http/site.ts";
import { lazySerializers, registerValidation } from "./http/validation.ts";
import type { ServerMetrics } from "./metrics/server-metrics.ts";
import type { Node } from "./node.ts";

/** The description's page sets styles by script, and shows its own icons as data. */
const DOCS_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

export interface AppParts {
  readonly node: Node;
  readonly metrics: ServerMetrics;
  readonly logger: FastifyBaseLogger;
  readonly site: Site;
  readonly configuration: Pick<Configuration, "trustedProxies" | "strangersPerSecond">;
}

/** The HTTP server with the routes of all modules. Does not listen yet. */
export const createApp = async ({ node, metrics, logger, site, configuration }: AppParts): Promise<App> => {
  const { database, world } = node.storage;
  const { trustedProxies, strangersPerSecond } = configuration;
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
  await registerOpenApi(app, world.patchbayVersion, site.publicUrl ?? "/");
  registerObservation(app, metrics);
  app.addHook("onSend", (request, reply, _payload, done) => {
    setSecurityHeaders(request, reply, site);
    done();
  });
  registerCompression(app);
  const authentication = new Authentication(node.people.accounts, database.changes, site);
  authentication.register(app);
  registerIdempotency(app, database.idempotency, node.trust.secrets);
  const streams = new EventStreams(authentication, site);
  for (const module of node.modules) await module.routes?.(app, { authentication, streams, site });
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
