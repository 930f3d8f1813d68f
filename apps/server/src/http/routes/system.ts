import { type Database, type Nodes, requireDeploymentAdmin, type SandboxReport } from "@patchbay/core";
import {
  NodeDto,
  PatchbayError,
  publicManifestSchema,
  ReadinessDto,
  type SandboxDto,
} from "@patchbay/protocol";
import { holesOf } from "@patchbay/protocol/known-bad-runtimes";
import Type from "typebox";
import type { ServerMetrics } from "../../metrics/server-metrics.ts";
import { type App, answers, listOf } from "../route.ts";

/** Without the note: what is missing on the machine is for its operator's log, not for everybody. */
const sandboxDto = (report: SandboxReport | null): SandboxDto | null => {
  if (report === null) return null;
  const { note: _, ...facts } = report;
  return facts;
};

interface SystemNeeds {
  /** Rejects while the server is starting or stopping. */
  readonly ready: () => Promise<void>;
  /** What the operating system holds sandboxes with; null where none run. */
  readonly sandbox: () => SandboxReport | null;
  readonly metrics: ServerMetrics;
}

/** Health, metrics, the manifest's schema: what machines ask for without a key. */
export const systemRoutes = (app: App, { ready, sandbox, metrics }: SystemNeeds): void => {
  const tags = ["System"];
  const config = { public: true };
  const Status = Type.Object({ status: Type.String() });
  const runtime = {
    node: process.versions.node,
    knownHoles: holesOf(process.versions).map(({ advisory }) => advisory),
  };

  app.get(
    "/healthz",
    {
      config,
      schema: {
        tags,
        operationId: "getHealth",
        summary: "Whether the process answers",
        response: answers({ 200: Status }),
      },
    },
    async () => ({ status: "ok" }),
  );

  app.get(
    "/readyz",
    {
      config,
      schema: {
        tags,
        operationId: "getReadiness",
        summary: "Whether requests can be served",
        response: answers({ 200: ReadinessDto }),
      },
    },
    async () => {
      await ready().catch((cause: unknown) => {
        throw new PatchbayError(
          "unavailable",
          "The server is starting or stopping, or its database does not answer.",
          { cause },
        );
      });
      return { status: "ready", sandbox: sandboxDto(sandbox()), runtime };
    },
  );

  app.get(
    "/metrics",
    {
      config,
      schema: {
        tags,
        operationId: "getPrometheusMetrics",
        summary: "Metrics for Prometheus",
        produces: ["text/plain"],
        response: answers({ 200: Type.String() }),
      },
    },
    async (_request, reply) => reply.type(metrics.contentType).send(await metrics.text()),
  );

  app.get(
    "/schema/plugin.v1.json",
    {
      config,
      schema: {
        tags,
        operationId: "getManifestSchema",
        summary: "The JSON Schema of plugin.json",
        response: answers({ 200: Type.Unsafe<unknown>({}) }),
      },
    },
    async (_request, reply) =>
      reply
        .header("cache-control", "public, max-age=3600")
        .header("access-control-allow-origin", "*")
        .send(publicManifestSchema()),
  );
};

/** For administrators of the deployment. */
export const deploymentRoutes = (
  app: App,
  services: { readonly database: Database; readonly nodes: Nodes },
): void => {
  const tags = ["Deployment"];
  const OrganizationItem = Type.Object({
    slug: Type.String(),
    name: Type.String(),
    createdAt: Type.String(),
  });

  app.get(
    "/api/system/nodes",
    {
      schema: {
        tags,
        operationId: "listNodes",
        summary: "The nodes of the deployment, with those that have gone within a day",
        response: answers({ 200: listOf(NodeDto) }),
      },
    },
    async ({ principal }) => ({
      items: (await services.nodes.list(principal)).map(
        ({ nodeId, patchbayVersion, startedAt, seenAt, ...node }) => ({
          node: nodeId,
          process: node.id,
          version: patchbayVersion,
          host: node.host,
          pid: node.pid,
          state: node.state,
          startedAt: startedAt.toISOString(),
          seenAt: seenAt.toISOString(),
        }),
      ),
    }),
  );

  app.get(
    "/api/system/organizations",
    {
      schema: {
        tags,
        operationId: "listAllOrganizations",
        summary: "List all organizations",
        response: answers({ 200: listOf(OrganizationItem) }),
      },
    },
    async ({ principal }) => {
      requireDeploymentAdmin(principal);
      const organizations = await services.database.organizations.listOrganizations();
      return {
        items: organizations.map(({ slug, name, createdAt }) => ({
          slug,
          name,
          createdAt: createdAt.toISOString(),
        })),
      };
    },
  );
};
