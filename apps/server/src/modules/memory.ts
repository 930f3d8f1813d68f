import type { HostHandlers } from "@patchbay/core";
import { memoryRoutes } from "../http/routes/memory.ts";
import type { ServerMetrics } from "../metrics/server-metrics.ts";
import { createMemoryServices } from "../plugins-host/memory-services.ts";
import type { Durable } from "./durable.ts";
import type { ModelsModule } from "./models.ts";
import type { Module } from "./module.ts";
import type { Plugins } from "./plugins.ts";
import type { Storage } from "./storage.ts";

/** How often memories without a vector are looked for: a search embeds what it needs, and the rest may wait. */
const EMBED_EVERY_MS = 30_000;
const EXPIRE_EVERY_MS = 60_000;
const GO_ON_EVERY_MS = 30_000;

/** What plugins keep in mind. */
export interface MemoryModule extends Module {
  readonly domain: HostHandlers<"memory">;
}

export const openMemory = (
  { database, world }: Pick<Storage, "database" | "world">,
  plugins: Plugins,
  models: ModelsModule,
  { work, leave }: Pick<Durable, "work" | "leave">,
  metrics: ServerMetrics,
): MemoryModule => {
  if (work === null) throw new Error("Extractions need durable work.");
  const { owned, extractions, upkeep, domain } = createMemoryServices(models, plugins, {
    database,
    durable: work,
    world,
    metrics,
  });
  const closing = new AbortController();
  return {
    domain,
    routes: (app) => memoryRoutes(app, { memories: owned }),
    chores: [
      {
        name: "embed-memories",
        per: "deployment",
        failure: "memories were not embedded",
        everyMs: EMBED_EVERY_MS,
        run: () => upkeep.embed(closing.signal),
      },
      {
        name: "expired-memories",
        per: "deployment",
        failure: "expired memories were not removed",
        everyMs: EXPIRE_EVERY_MS,
        run: () => upkeep.removeExpired(),
      },
      {
        name: "left-extractions",
        per: "deployment",
        failure: "it was not looked for extractions that nobody has begun",
        everyMs: GO_ON_EVERY_MS,
        run: () => extractions.goOn(),
      },
    ],
    // Before what extractions use is closed.
    close: async () => {
      closing.abort(new Error("The server stops."));
      await leave();
    },
  };
};
