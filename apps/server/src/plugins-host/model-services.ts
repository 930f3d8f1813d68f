import { type Database, type HostHandlers, ofServerCode, type World } from "@patchbay/core";
import {
  chatDomain,
  Models,
  OrganizationRules,
  UPSTREAM_PATIENCE,
  UpstreamClient,
  Upstreams,
  UsageAccounts,
} from "@patchbay/models";
import type { PluginServices } from "./plugin-services.ts";

export interface ModelServices {
  readonly models: Models;
  readonly rules: OrganizationRules;
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
  }: {
    readonly database: Database;
    readonly world: Pick<World, "now" | "log">;
    readonly holder: () => Promise<string>;
  },
): ModelServices => {
  const client = new UpstreamClient((call) => gate.handle(ofServerCode(call)), UPSTREAM_PATIENCE);
  const upstreams = new Upstreams(gateway, client);
  const rules = new OrganizationRules(database);
  const accounts = new UsageAccounts({ stores: database, holder, now, log });
  const models = new Models({ accounts, inForce, gateway, upstreams, rules, log });
  return { models, rules, accounts, domain: chatDomain(models) };
};
