import type { AddressInfo } from "node:net";
import type { Logger } from "pino";
import packageJson from "../package.json" with { type: "json" };
import { createApp } from "./app.ts";
import type { Configuration } from "./config/configuration.ts";
import type { App } from "./http/route.ts";
import { Site } from "./http/site.ts";
import { ServerMetrics } from "./metrics/server-metrics.ts";
import { type NodeParts, openNode } from "./node.ts";
import { startChores } from "./process/chores.ts";

export interface RunningServer {
  /** Where browsers and clients find it. */
  readonly url: string;
  /** A one-time address for the first administrator; null when there is one. */
  readonly setupUrl: string | null;
  /** Stops everything that was started, the last first. May be called more than once. */
  close(): Promise<void>;
}

/** Starts everything: database, stores, domain, sandboxes, HTTP. Throws after taking back what it had started. */
export const startServer = async (
  configuration: Configuration,
  log: Logger,
  parts: NodeParts = {},
): Promise<RunningServer> => {
  await using starting = new AsyncDisposableStack();
  const site = new Site(configuration.publicUrl);
  const metrics = new ServerMetrics(packageJson.version);
  const node = await openNode(configuration, site, metrics, log, parts);
  starting.defer(node.close);
  const app = await createApp({ node, metrics, logger: log, site, configuration });
  starting.defer(async () => {
    // A fault of the end hides no other, and keeps nothing from ending.
    await Promise.resolve(app.close()).catch((error: unknown) =>
      log.warn({ err: error }, "the HTTP server did not stop cleanly"),
    );
  });
  for (const module of node.modules) await module.prepare?.();
  await listen(app, configuration);
  const { port } = app.server.address() as AddressInfo;
  site.listensAt(`http://${hostInUrl(configuration.host)}:${port}`);
  starting.defer(
    startChores(
      node.modules.flatMap(({ chores = [] }) => chores),
      node.durable.nodes,
      log,
    ),
  );
  const setupToken = await node.people.accounts.createSetupToken();
  const started = starting.move();
  return {
    url: site.address,
    setupUrl: setupToken === null ? null : `${site.address}/setup#${setupToken}`,
    close: () => started.disposeAsync(),
  };
};

const listen = async (app: App, { host, port }: Configuration): Promise<void> => {
  try {
    await app.listen({ host, port });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    throw new Error(
      `Port ${port} of ${host} is in use. Stop what listens there, or set PATCHBAY_PORT to another port (0 picks a free one).`,
    );
  }
};

const hostInUrl = (host: string): string => {
  if (host === "0.0.0.0" || host === "::") return "127.0.0.1";
  return host.includes(":") ? `[${host}]` : host;
};
