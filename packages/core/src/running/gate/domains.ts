import type { CallMetrics } from "../../plugins/metrics/call-metrics.ts";
import type { PluginSettings } from "../../plugins/settings/plugin-settings.ts";
import type { Database } from "../../ports/database.ts";
import type { Egress } from "../../ports/egress.ts";
import type { World } from "../../world.ts";
import { conversationsDomain } from "./conversations-domain.ts";
import type { FurtherDomains, ServedDomains } from "./domain.ts";
import { fetchDomain } from "./fetch-domain.ts";
import { metricsDomain } from "./metrics-domain.ts";
import { storageDomain } from "./storage-domain.ts";
import { uiDomain } from "./ui-domain.ts";

/** What host calls end in. */
export interface HostServices {
  readonly database: Pick<
    Database,
    "pluginData" | "conversations" | "notifications" | "installations" | "catalog"
  >;
  readonly egress: Egress;
  readonly settings: PluginSettings;
  readonly callMetrics: CallMetrics;
  /** Whether plugins reach model servers on this machine that an administrator of the deployment has let them reach. */
  readonly localModels: boolean;
  readonly world: World;
}

/** The domains that need nothing but the stores and the way out. */
export const serveDomains = (services: HostServices): Omit<ServedDomains, keyof FurtherDomains> => {
  const { database, egress, settings, callMetrics, localModels, world } = services;
  return {
    fetch: fetchDomain(egress, settings, localModels),
    storage: storageDomain(database.pluginData),
    conversations: conversationsDomain(database.conversations, world),
    metrics: metricsDomain(database, callMetrics, world),
    ui: uiDomain(database.notifications, world),
  };
};
