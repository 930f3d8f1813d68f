import type { Database, DurableWork, HostHandlers, World } from "@patchbay/core";
import {
  Embedder,
  Extractions,
  Memories,
  MemorySearch,
  MemoryUpkeep,
  memoryDomain,
  OwnedMemories,
  VectorCache,
} from "@patchbay/models";
import type { ServerMetrics } from "../metrics/server-metrics.ts";
import type { ModelServices } from "./model-services.ts";
import type { PluginServices } from "./plugin-services.ts";

export interface MemoryServices {
  /** For those who look after plugins. */
  readonly owned: OwnedMemories;
  readonly extractions: Extractions;
  readonly upkeep: MemoryUpkeep;
  /** What plugins have of it. */
  readonly domain: HostHandlers<"memory">;
}

/** What plugins keep in mind, over the models that find it and extract it. */
export const createMemoryServices = (
  { models, rules }: Pick<ModelServices, "models" | "rules">,
  { directory, context }: Pick<PluginServices, "directory" | "context">,
  {
    database,
    durable,
    world,
    metrics,
    pausesMs,
  }: {
    readonly database: Database;
    readonly durable: DurableWork;
    readonly world: World;
    readonly metrics: Pick<ServerMetrics, "recordExtraction">;
    /** Between the attempts of an extraction, if not as usual. */
    readonly pausesMs?: readonly number[];
  },
): MemoryServices => {
  const store = database.memories;
  const embedder = new Embedder(store, models, rules);
  const memories = new Memories(store, world);
  const search = new MemorySearch(store, embedder, new VectorCache(store));
  const extractions = new Extractions({
    store,
    durable,
    models,
    directory,
    world,
    ended: (extraction) => metrics.recordExtraction(extraction),
    ...(pausesMs !== undefined && { pausesMs }),
  });
  const domain = memoryDomain({ memories, search, extractions, now: world.now });
  const owned = new OwnedMemories({ database, context, search, world });
  return { owned, extractions, upkeep: new MemoryUpkeep(store, embedder, world), domain };
};
