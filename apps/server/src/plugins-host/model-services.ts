import { type Database, type HostHandlers, ofServerCode, type World } from "@patchbay/core";
import {
  chatDomain,
  MessageHooks,
  Models,
  OrganizationHooks,
  OrganizationRules,
  type Patience,
  UpstreamClient,
  Upstreams,
  UsageAccounts,
} from "@patchbay/models";
import type { ServerMetrics } from "../metrics/server-metrics.ts";
import type { PluginServices } from "./plugin-services.ts";

export interface ModelServices {
  readonly models: Models;
  readonly rules: OrganizationRules;
  readonly hooks: OrganizationHooks;
  readonly accounts: UsageAccounts;
  /** What plugins have of models. */
  readonly domain: HostHandlers<"chat">;
}

/** The models of plugins, over what runs these. `holder`: the name under which this process takes part in the deployment. */
export const createModelServices = (
  { inForce, gateway, gate }: Pick<PluginServices, "inForce" | "gateway" | "gate">,
  {
    database,
    world: { now, log },
    holder,
    patience,
    metrics,
  }: {
    readonly database: Database;
    readonly world: Pick<World, "now" | "log">;
    readonly holder: () => Promise<string>;
    readonly patience: Patience;
    readonly metrics: Pick<ServerMetrics, "recordModelUse">;
  },
): ModelServices => {
  const client = new UpstreamClient((call) => gate.handle(ofServerCode(call)), patience);
  const upstreams = new Upstreams(gateway, client);
  const rules = new OrganizationRules(database);
  const accounts = new UsageAccounts({
    stores: database,
    holder,
    now,
    ended: (use) => metrics.recordModelUse(use),
    log,
  });
  const hooks = new OrganizationHooks(database);
  const passing = new MessageHooks({ hooks, gateway, log });
  const models = new Models({ hooks: passing, accounts, inForce, gateway, upstreams, rules, log });
  return { models, rules, hooks, accounts, domain: chatDomain(models) };
};
