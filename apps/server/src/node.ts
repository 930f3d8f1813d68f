import { type Change, toolsDomain } from "@patchbay/core";
import type { Logger } from "pino";
import type { Configuration } from "./config/configuration.ts";
import type { Site } from "./http/site.ts";
import type { ServerMetrics } from "./metrics/server-metrics.ts";
import { openConsole } from "./modules/console.ts";
import { type Durable, openDurable } from "./modules/durable.ts";
import { openEndpoints } from "./modules/endpoints.ts";
import { openMcp } from "./modules/mcp.ts";
import { openMemory } from "./modules/memory.ts";
import { openModels } from "./modules/models.ts";
import type { Module } from "./modules/module.ts";
import { openNetwork } from "./modules/network.ts";
import { openOrganizations } from "./modules/organizations.ts";
import { openPeople, type People } from "./modules/people.ts";
import { openPlugins } from "./modules/plugins.ts";
import { openRegistry } from "./modules/registry.ts";
import { openSchedules } from "./modules/schedules.ts";
import { openSources } from "./modules/sources.ts";
import { openStorage, type Storage } from "./modules/storage.ts";
import { openSystem } from "./modules/system.ts";
import { openTrust, type Trust } from "./modules/trust.ts";

/** The server without its HTTP: its modules, each of which stands on those before it. */
export interface Node {
  readonly modules: readonly Module[];
  readonly storage: Storage;
  readonly durable: Durable;
  readonly trust: Trust;
  readonly people: People;
  /** Closes the modules, the last first. A fault is logged, and the rest goes on. */
  close(): Promise<void>;
}

/** What of a server's surroundings is not the operator's to say. */
export interface NodeParts {
  /** Where model servers of this machine are looked for. */
  readonly localPorts?: readonly number[];
}

/** Opens the modules of the configured role in their order. Throws after closing those that it had opened. */
export const openNode = async (
  configuration: Configuration,
  site: Site,
  metrics: ServerMetrics,
  log: Logger,
  { localPorts }: NodeParts = {},
): Promise<Node> => {
  const modules: Module[] = [];
  const add = <M extends Module>(module: M): M => {
    modules.push(module);
    return module;
  };
  let stopListening = (): void => undefined;
  const close = async (): Promise<void> => {
    stopListening();
    for (const module of modules.toReversed())
      await module
        .close?.()
        .catch((error: unknown) => log.warn({ err: error }, "a part did not stop cleanly"));
  };
  try {
    const storage = add(await openStorage(configuration, log));
    const tell = (change: Change): void => {
      for (const module of modules) {
        try {
          module.onChange?.(change);
        } catch (error) {
          log.error({ err: error, kind: change.kind }, "a part did not take a change");
        }
      }
    };
    stopListening = storage.database.changes.subscribe(tell);
    const durable = add(openDurable(configuration, storage));
    const network = add(openNetwork(configuration));
    const trust = add(await openTrust(configuration, storage));
    const sources = add(openSources(configuration, storage, network, trust, site));
    // A registry alone has no organizations' plugins, and nothing runs in it.
    const plugins =
      configuration.role === "registry"
        ? null
        : add(await openPlugins(configuration, { storage, network, trust, sources, durable }, metrics, log));
    add(openRegistry(storage, network, sources));
    const furnish = async (organizationId: string) => await plugins?.builtins.spreadTo(organizationId);
    const people = add(openPeople(configuration, storage, network, trust, furnish));
    if (plugins !== null) {
      add(openOrganizations(storage, trust, plugins, people, durable, furnish));
      add(openConsole());
      const models = add(openModels(configuration, storage, network, plugins, durable, metrics, localPorts));
      const memory = add(openMemory(storage, plugins, models, durable, metrics));
      plugins.gate.complete({
        chat: models.domain,
        memory: memory.domain,
        tools: toolsDomain(plugins.gateway, plugins.inForce),
      });
      add(openMcp(storage, trust, plugins));
      add(openEndpoints(storage, trust, plugins));
      add(openSchedules(storage, trust, plugins, durable, metrics));
    }
    add(openSystem(storage, metrics, () => plugins?.runtime.sandbox() ?? null));
    return { modules, storage, durable, trust, people, close };
  } catch (error) {
    await close();
    throw error;
  }
};
