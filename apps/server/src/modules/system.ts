import type { SandboxReport } from "@patchbay/core";
import { errorPage } from "../http/routes/error-page.ts";
import { licenceRoutes } from "../http/routes/licences.ts";
import { sdkRoutes } from "../http/routes/sdk.ts";
import { systemRoutes } from "../http/routes/system.ts";
import type { ServerMetrics } from "../metrics/server-metrics.ts";
import type { Module } from "./module.ts";
import type { Storage } from "./storage.ts";

/** What machines ask that watch a server, and what it gives away: packages for authors, licences. */
export const openSystem = (
  { database }: Storage,
  metrics: ServerMetrics,
  /** What the operating system holds sandboxes with; null where none run. */
  sandbox: () => SandboxReport | null,
): Module => ({
  routes: (app, { site }) => {
    systemRoutes(app, { ready: () => database.ping(), sandbox, metrics });
    sdkRoutes(app, site);
    licenceRoutes(app);
    errorPage(app);
  },
});
